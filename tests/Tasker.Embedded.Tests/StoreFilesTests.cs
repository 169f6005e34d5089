using Microsoft.Extensions.DependencyInjection;
using Tasker.Embedded.Storage;
using Tasker.Embedded.Tests.Support;

namespace Tasker.Embedded.Tests;

/// <summary>Files that disappear while the engine uses them, or that have several names.</summary>
public sealed class StoreFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Flow _flow = new Flow().Step("a").Step("b", "a");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_that_was_moved_away_is_not_written_to_and_work_goes_on_when_it_is_back()
    {
        await using var host = await StartAsync(_folder.Database);
        await host.RunAsync(_flow);

        File.Move(_folder.Database, _folder.PathOf("elsewhere"));
        var refused = await Assert.ThrowsAsync<TaskStoreException>(() => host.RunAsync(_flow));
        File.Move(_folder.PathOf("elsewhere"), _folder.Database);

        Assert.Contains($"The file '{_folder.Database}' was deleted or moved away", refused.Message, StringComparison.Ordinal);
        while (await TryRunAsync(host) is not TaskState.Complete)
            await Task.Yield();
        Assert.Equal(2L, _folder.Query("SELECT count(*) FROM tasks"));
    }

    [Fact]
    public async Task A_deleted_write_ahead_log_is_noticed_and_what_was_acknowledged_is_kept_by_an_orderly_end()
    {
        await using (var host = await StartAsync(_folder.Database))
        {
            await host.RunAsync(_flow);
            File.Delete(_folder.Database + "-wal");

            var refused = await Assert.ThrowsAsync<TaskStoreException>(() => host.RunAsync(_flow));
            Assert.Contains($"The file '{_folder.Database}-wal' was deleted", refused.Message, StringComparison.Ordinal);
        }

        await using var next = await StartAsync(_folder.Database);
        Assert.Equal(TaskState.Complete, Assert.Single((await next.Client.ListAsync(cancellationToken: EngineHost.Token)).Tasks).State);
        Assert.Equal(TaskState.Complete, (await next.RunAsync(_flow)).State);
    }

    [Fact]
    public async Task A_second_engine_that_reaches_the_file_by_a_link_is_refused()
    {
        await using var first = await StartAsync(_folder.Database);
        Directory.CreateDirectory(_folder.PathOf("other"));
        File.CreateSymbolicLink(_folder.PathOf("other/link.db"), _folder.Database);

        var refused = await Assert.ThrowsAsync<TaskStoreException>(() => StartAsync(_folder.PathOf("other/link.db")));

        Assert.Contains("is in use by another embedded engine", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("another program's", "CREATE TABLE customers (id INTEGER)")]
    [InlineData("another program's with a log", "PRAGMA journal_mode = WAL; CREATE TABLE customers (id INTEGER)")]
    [InlineData("another program's, still empty", "PRAGMA application_id = 7")]
    [InlineData("a newer version's", "PRAGMA user_version = 99")]
    [InlineData("no database", null)]
    [InlineData("a folder", null)]
    public async Task Beside_a_file_that_is_refused_nothing_is_left(string whose, string? sql)
    {
        switch (whose)
        {
            case "a newer version's":
                await (await StartAsync(_folder.Database)).DisposeAsync();
                File.Delete(_folder.Database + ".lock");
                break;
            case "no database":
                await File.WriteAllTextAsync(_folder.Database, new string('x', 5000), EngineHost.Token);
                break;
            case "a folder":
                Directory.CreateDirectory(_folder.Database);
                break;
        }

        if (sql is not null)
            _folder.Query(sql);

        await Assert.ThrowsAsync<TaskStoreException>(() => StartAsync(_folder.Database));

        Assert.Equal([_folder.Database], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(_folder.Database)!));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_engines_that_start_at_once_on_a_file_one_gets_it_and_the_others_are_told(bool isThere)
    {
        for (var round = 0; round < 10; round++)
        {
            var file = _folder.PathOf($"round{round}.db");
            if (isThere)
                await File.WriteAllBytesAsync(file, [], EngineHost.Token);
            var starts = Enumerable.Range(0, 8).Select(_ => Task.Run(() => TryStartAsync(file), EngineHost.Token)).ToList();

            var ends = await Task.WhenAll(starts);

            await using var only = Assert.Single(ends, end => end.Host is not null).Host!;
            Assert.All(ends.Where(end => end.Host is null), end => Assert.Contains("is in use by another embedded engine", end.Refused, StringComparison.Ordinal));
            Assert.Equal(TaskState.Complete, (await only.RunAsync(_flow)).State);
        }
    }

    [Fact]
    public void A_file_system_that_is_read_only_is_not_taken_for_another_engine()
    {
        const int ReadOnlyFileSystem = 30;
        File.WriteAllText(_folder.Database + ".lock", "");

        var explained = StoreLock.Explain(_folder.Database, _folder.Database + ".lock", new IOException("Read-only file system.", ReadOnlyFileSystem));

        Assert.Equal($"The file '{_folder.Database}.lock' cannot be written: Read-only file system. Give another Data Source.", explained.Message);
    }

    private Task<EngineHost> StartAsync(string file) => EngineHost.StartAsync(tasker => tasker.UseEmbedded("Data Source=" + file), [_flow]);

    private async Task<(EngineHost? Host, string? Refused)> TryStartAsync(string file)
    {
        try
        {
            return (await StartAsync(file), null);
        }
        catch (TaskStoreException exception)
        {
            return (null, exception.Message);
        }
    }

    private async Task<TaskState?> TryRunAsync(EngineHost host)
    {
        try
        {
            return (await host.RunAsync(_flow)).State;
        }
        catch (TaskStoreException)
        {
            return null;
        }
    }
}
