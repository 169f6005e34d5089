namespace Tasker.Http.Tests;

public sealed class AddressTests
{
    [Theory]
    [InlineData("", "users", "/users")]
    [InlineData("", "/users", "/users")]
    [InlineData("v1", "users", "/v1/users")]
    [InlineData("v1/", "/users/", "/v1/users/")]
    [InlineData("v1", "", "/v1")]
    [InlineData("v1", "?a=1", "/v1?a=1")]
    [InlineData("v1", "//other.example/users", "/v1/other.example/users")]
    public async Task A_path_is_added_to_the_base_address_however_the_slashes_are(string basePath, string path, string expected)
    {
        var seen = "";
        await using var api = await TestApi.StartAsync(http =>
        {
            seen = http.Request.Path + http.Request.QueryString;
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(new Uri(api.Address, basePath));
        await host.Client.DeleteAsync(path);
        Assert.Equal(expected, seen);
    }

    [Fact]
    public async Task Holes_of_an_interpolated_path_are_escaped()
    {
        var seen = "";
        await using var api = await TestApi.StartAsync(http =>
        {
            seen = $"{http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget}";
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(api.Address);
        var id = "a/../b?admin=1#x ü";
        await host.Client.DeleteAsync($"users/{id}/orders/{7}?since={new DateOnly(2026, 2, 1):yyyy-MM-dd}&q={""}");
        Assert.Equal("/users/a%2F..%2Fb%3Fadmin%3D1%23x%20%C3%BC/orders/7?since=2026-02-01&q=", seen);
    }

    [Theory]
    [InlineData("..", "The path 'users/../orders' of a request has a part that would change its folder.")]
    [InlineData(".", "The path 'users/./orders' of a request has a part that would change its folder.")]
    [InlineData("", "The path of a request has an empty value after 'users/'.")]
    [InlineData(null, "The path of a request has an empty value after 'users/'.")]
    public void A_hole_cannot_change_the_folder_or_vanish(string? id, string message)
    {
        var error = Assert.Throws<ValidationException>(() => ApiRequest.Get($"users/{id}/orders"));
        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("../admin")]
    [InlineData("a/../../admin?key=s3cret")]
    public async Task A_plain_path_cannot_leave_the_base_address(string path)
    {
        await using var host = new ApiHost(new Uri("http://api.example/v1"));
        var error = await Assert.ThrowsAsync<ValidationException>(() => host.Client.DeleteAsync(path));
        Assert.Equal($"API client 'call_api': the path '{path.Split('?')[0]}' leaves the base address http://api.example/v1.", error.Message);
    }

    [Fact]
    public async Task A_base_of_v1_is_not_left_for_v10()
    {
        await using var host = new ApiHost(new Uri("http://api.example/v1"));
        await Assert.ThrowsAsync<ValidationException>(() => host.Client.DeleteAsync("../v10/users"));
    }

    [Fact]
    public async Task An_absolute_address_of_the_same_origin_is_called_and_another_is_not()
    {
        var seen = "";
        await using var api = await TestApi.StartAsync(http =>
        {
            seen = http.Request.Path + http.Request.QueryString;
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(new Uri(api.Address, "v1"));
        await host.Client.DeleteAsync(new Uri(api.Address, "v2/users?a=1").AbsoluteUri);
        Assert.Equal("/v2/users?a=1", seen);
        var error = await Assert.ThrowsAsync<ValidationException>(() => host.Client.DeleteAsync("https://other.example/users?token=s3cret"));
        Assert.Equal(
            $"API client 'call_api' calls only its own origin {api.Address}v1, but the request goes to https://other.example/users?*; use a client with that base address.",
            error.Message);
        await Assert.ThrowsAsync<ValidationException>(() => host.Client.DeleteAsync("https://"));
    }

    [Fact]
    public async Task Without_a_base_address_paths_must_be_absolute()
    {
        var seen = "";
        await using var api = await TestApi.StartAsync(http =>
        {
            seen = http.Request.Path;
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(null);
        await host.Client.DeleteAsync(new Uri(api.Address, "users").AbsoluteUri);
        Assert.Equal("/users", seen);
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => host.Client.DeleteAsync("users?key=s3cret"));
        Assert.Equal(
            "API client 'call_api' has no base address, but the request's path 'users' is relative; set ApiClientOptions.BaseAddress with " +
            "AddApiClient(\"call_api\", ...) or BaseAddress of its [ApiHandler].",
            error.Message);
    }

    [Theory]
    [InlineData("X Bad", "v", "'X Bad' is not a valid header name.")]
    [InlineData("", "v", "'' is not a valid header name.")]
    [InlineData("X-A", "s3cret\r\nX-B: 1", "The value of the header 'X-A' is missing or has a character that a header cannot carry, such as a line break.")]
    [InlineData("X-A", "s3crét", "The value of the header 'X-A' is missing or has a character that a header cannot carry, such as a line break.")]
    [InlineData("X-A", null, "The value of the header 'X-A' is missing or has a character that a header cannot carry, such as a line break.")]
    public void A_header_cannot_smuggle_another_one_in(string name, string? value, string message)
    {
        var error = Assert.Throws<ValidationException>(() => ApiRequest.Get("a").WithHeader(name, value!));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void A_time_must_be_positive()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ApiRequest.Get("a").WithTimeout(TimeSpan.Zero));
        Assert.NotNull(ApiRequest.Get("a").WithTimeout(Timeout.InfiniteTimeSpan));
    }
}
