using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Tasker.Http.Tests;

public sealed class FileTests
{
    private const int LargeBytes = 40 * 1024 * 1024;

    [Fact]
    public async Task Fields_and_files_are_uploaded_as_multipart()
    {
        using var folder = new TempFolder();
        var file = folder.File("Größe \"1\".bin");
        var bytes = RandomNumberGenerator.GetBytes(3_000_000);
        await File.WriteAllBytesAsync(file, bytes);
        IFormCollection? form = null;
        var hashes = new List<string>();
        await using var api = await TestApi.StartAsync(async http =>
        {
            form = await http.Request.ReadFormAsync();
            foreach (var part in form.Files)
            {
                await using var stream = part.OpenReadStream();
                hashes.Add(Convert.ToHexString(await SHA256.HashDataAsync(stream)));
            }
        });
        await using var host = new ApiHost(api.Address);
        var parts = new ApiMultipart()
            .AddField("title", "Zoë's")
            .AddFile("report", file, "application/x-report")
            .AddStream("notes", "notes.txt", () => new MemoryStream([1, 2, 3]), "text/plain");
        (await host.Client.SendAsync(ApiRequest.Post("files").WithMultipart(parts))).Dispose();

        Assert.Equal("Zoë's", form!["title"]);
        Assert.Equal(["report Größe \"1\".bin application/x-report 3000000", "notes notes.txt text/plain 3"], form.Files.Select(part => $"{part.Name} {part.FileName} {part.ContentType} {part.Length}"));
        Assert.Equal([Convert.ToHexString(SHA256.HashData(bytes)), Convert.ToHexString(SHA256.HashData([1, 2, 3]))], hashes);
    }

    [Fact]
    public async Task A_file_is_uploaded_as_the_whole_body()
    {
        using var folder = new TempFolder();
        var file = folder.File("a.csv");
        await File.WriteAllTextAsync(file, "a;b");
        var seen = "";
        await using var api = await TestApi.StartAsync(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            seen = $"{http.Request.ContentType} {http.Request.ContentLength} {await reader.ReadToEndAsync()}";
        });
        await using var host = new ApiHost(api.Address);
        (await host.Client.SendAsync(ApiRequest.Put("a").WithFile(file, "text/csv"))).Dispose();
        Assert.Equal("text/csv 3 a;b", seen);
    }

    [Fact]
    public async Task A_file_that_is_not_there_fails_for_good_before_anything_is_sent()
    {
        using var folder = new TempFolder();
        var requests = 0;
        await using var api = await TestApi.StartAsync(_ =>
        {
            requests++;
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(api.Address);
        var path = folder.File("none.csv");
        foreach (var request in (ApiRequest[])[ApiRequest.Post("a").WithFile(path), ApiRequest.Post("a").WithMultipart(new ApiMultipart().AddFile("f", path))])
        {
            var error = await Assert.ThrowsAsync<NotFoundException>(() => host.Client.SendAsync(request));
            Assert.Equal($"The file '{path}' to upload does not exist.", error.Message);
            Assert.Equal("FILE_NOT_FOUND", error.ErrorCode);
        }

        Assert.Equal(0, requests);
    }

    [Fact]
    public async Task A_large_body_is_saved_to_a_file_that_was_there_before()
    {
        using var folder = new TempFolder();
        var target = folder.File("large.bin");
        await File.WriteAllTextAsync(target, "old");
        var expected = "";
        await using var api = await TestApi.StartAsync(async http =>
        {
            http.Response.ContentType = "application/x-large";
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var chunk = RandomNumberGenerator.GetBytes(1024 * 1024);
            for (var sent = 0; sent < LargeBytes; sent += chunk.Length)
            {
                hash.AppendData(chunk);
                await http.Response.Body.WriteAsync(chunk);
            }

            expected = Convert.ToHexString(hash.GetHashAndReset());
        });
        await using var host = new ApiHost(api.Address, options => options.MaxResponseBytes = 1000);
        var download = await host.Client.DownloadAsync(ApiRequest.Get("large"), target);
        Assert.Equal(new ApiDownload(target, LargeBytes, "application/x-large"), download);
        await using var saved = File.OpenRead(target);
        Assert.Equal(expected, Convert.ToHexString(await SHA256.HashDataAsync(saved)));
        Assert.Equal(["large.bin"], folder.Names);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_download_that_breaks_off_leaves_what_was_there_and_nothing_else(bool existing)
    {
        using var folder = new TempFolder();
        var target = folder.File("a.bin");
        if (existing)
            await File.WriteAllTextAsync(target, "old");
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{new string('x', 500_000)}");
            connection.Reset();
        });
        await using var host = new ApiHost(server.Address);
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DownloadAsync(ApiRequest.Get("a"), target));
        Assert.Equal("connection_error", error.ErrorType);
        Assert.True(error.Retryable);
        Assert.Equal(existing ? ["a.bin"] : [], folder.Names);
        if (existing)
            Assert.Equal("old", await File.ReadAllTextAsync(target));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_download_that_stands_still_or_is_cancelled_leaves_nothing(bool cancelled)
    {
        using var folder = new TempFolder();
        using var cancellation = new CancellationTokenSource();
        var time = new FakeTimeProvider();
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nxxx");
            await connection.HangAsync();
        });
        await using var host = new ApiHost(server.Address, time: time);
        using var response = await host.Client.SendAsync(ApiRequest.Get("a"), cancellation.Token);
        var save = response.SaveAsync(folder.File("a.bin"));
        if (cancelled)
        {
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => save);
        }
        else
        {
            // Each read begins the time anew, so it passes in whole steps until the read that hangs.
            while (!save.IsCompleted)
            {
                time.Advance(ApiClientOptions.DefaultTimeout);
                await Task.Yield();
            }

            Assert.Equal("timeout", (await Assert.ThrowsAsync<ApiException>(() => save)).ErrorType);
        }

        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task A_failed_status_saves_nothing()
    {
        using var folder = new TempFolder();
        await using var api = await TestApi.StartAsync(http =>
        {
            http.Response.StatusCode = 404;
            return http.Response.WriteAsync("none");
        });
        await using var host = new ApiHost(api.Address);
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DownloadAsync(ApiRequest.Get("a"), folder.File("a.bin")));
        Assert.Equal("not_found", error.ErrorType);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_named()
    {
        using var folder = new TempFolder();
        await using var api = await TestApi.StartAsync(http => http.Response.WriteAsync("x"));
        await using var host = new ApiHost(api.Address);
        var target = folder.File(Path.Combine("none", "a.bin"));
        var error = await Assert.ThrowsAsync<NotFoundException>(() => host.Client.DownloadAsync(ApiRequest.Get("a"), target));
        Assert.Equal($"The folder of the file '{target}' to download to does not exist.", error.Message);
    }
}
