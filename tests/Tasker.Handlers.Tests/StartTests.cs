using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tasker.Client;
using Tasker.Testing;

namespace Tasker.Examples;

/// <summary>A template is started with what its handlers read, and with nothing when they read nothing; the compiler checks both.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task What_handlers_read_member_by_member_is_a_record()
    {
        using var host = Host();
        await host.StartAsync(Token);
        var client = host.Services.GetRequiredService<ITaskClient>();

        var given = await client.StartAsync(Invitations.Template, new Invitations.Inputs("bob", Seats: 2), cancellationToken: Token);
        var least = await client.StartAsync(Invitations.Template, new Invitations.Inputs("ann"), new StartOptions { Tags = ["t"] }, Token);

        Assert.Equal("Dear bob, 2 seats", await given.ResultOf(Invitations.Steps.Write, Token));
        Assert.Equal("Dear ann, 1 seats", await least.ResultOf(Invitations.Steps.Write, Token));
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task Who_reads_nothing_is_started_with_nothing()
    {
        using var host = Host();
        await host.StartAsync(Token);
        var client = host.Services.GetRequiredService<ITaskClient>();

        var task = await client.StartAsync(Cleanup.Template, cancellationToken: Token);
        var optioned = await client.StartAsync(Cleanup.Template, new StartOptions { Tags = ["t"] }, Token);
        var json = await client.StartJsonAsync(Cleanup.Template, """{"more":1}"""u8.ToArray(), cancellationToken: Token);

        Assert.Equal("{}", await task.ResultOf(Cleanup.Steps.Sweep, Token));
        Assert.Equal("{}", await optioned.ResultOf(Cleanup.Steps.Sweep, Token));
        Assert.Equal("""{"more":1}""", await json.ResultOf(Cleanup.Steps.Sweep, Token));
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task A_test_starts_it_with_nothing_as_well()
    {
        await using var host = new WorkflowTestHost(tasker => tasker.AddHandlers());

        Assert.Equal("{}", (await host.RunAsync(Cleanup.Template, Token)).ResultOf(Cleanup.Steps.Sweep));
    }

    [Fact]
    public void Nothing_is_written_as_an_object_and_read_from_any()
    {
        Assert.Equal("{}", System.Text.Encoding.UTF8.GetString(Templates.NoInput.Codec.ToUtf8(default)));
        Assert.Equal(default, Templates.NoInput.Codec.FromUtf8("""{"a":[1,{"b":2}]}"""u8));
        Assert.Throws<Json.JsonReadException>(() => Templates.NoInput.Codec.FromUtf8("[]"u8));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static IHost Host()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTasker().AddHandlers().UseEmbeddedInMemory();
        return builder.Build();
    }
}

[TaskTemplate("invitations", Namespace = "examples", Version = "1.0.0")]
internal static partial class Invitations
{
    [StepHandler("greet_guest")]
    public static string Greet([FromInput] string guest) => $"Dear {guest}";

    [StepHandler("write_invitation", Step = "write")]
    public static string Write([FromStep("greet_guest")] string greeting, [FromInput] int seats = 1) => $"{greeting}, {seats} seats";
}

[TaskTemplate("cleanup", Namespace = "examples", Version = "1.0.0")]
internal static partial class Cleanup
{
    [StepHandler("sweep")]
    public static string Sweep(StepContext context) => context.Inputs.GetRawText();
}
