using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Tasker.Handlers;
using Tasker.Templates;

namespace Tasker.Generators.Tests.Infrastructure;

/// <summary>Compiles sources with what is generated for them, loads the result and runs its handlers. Unloaded when disposed.</summary>
internal sealed class GeneratedAssembly : IDisposable, ICheckpointSink
{
    private readonly AssemblyLoadContext _context = new("generated", isCollectible: true);
    private readonly Assembly _assembly;
    private readonly ServiceProvider _services;

    public GeneratedAssembly(string source, (string Path, string Text)[] templates, Action<IServiceCollection, Assembly>? services = null)
    {
        var host = new GeneratorHost(source, templates);
        host.Run();
        using var image = new MemoryStream();
        var result = host.Output.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        image.Position = 0;
        _assembly = _context.LoadFromStream(image);

        var collection = new ServiceCollection();
        services?.Invoke(collection, _assembly);
        _assembly.GetType("Microsoft.Extensions.DependencyInjection.ShopTaskerBuilderExtensions")!
            .GetMethod("AddShopHandlers")!
            .Invoke(null, [collection.AddTasker()]);
        _services = collection.BuildServiceProvider();
        Registry = _services.GetRequiredService<HandlerRegistry>();
    }

    public HandlerRegistry Registry { get; }

    public TaskTemplate Template => Assert.Single(Registry.Templates);

    public HandlerAdapter Handler(string callable, string? method = null) =>
        Registry.Handlers.Single(handler => handler.Callable == callable && handler.Method == method);

    /// <summary>Runs a handler and gives its result as JSON, or its failure's message.</summary>
    public async Task<string> Run(string callable, string context = "{}", string config = "{}", string? method = null, string inputs = "", params AncestorResult[] results)
    {
        using var scope = _services.CreateScope();
        using var outcome = new StepOutcome();
        var definition = new StepDefinition { Name = callable, Callable = callable, Dependencies = [.. results.Select(result => result.TemplateStep)] };
        var step = new ClaimedStep
        {
            TaskId = Guid.Empty,
            StepId = Guid.Empty,
            CorrelationId = Guid.Empty,
            Name = callable,
            Definition = definition,
            Template = Registry.Templates.FirstOrDefault() ?? new TaskTemplate { Name = "t", Namespace = "n", Version = "1", Steps = [definition] },
            TaskContext = Encoding.UTF8.GetBytes(context),
            Configuration = Encoding.UTF8.GetBytes(config),
            Inputs = Encoding.UTF8.GetBytes(inputs),
            Dependencies = StepResults.From(results),
        };
        await Handler(callable, method).InvokeAsync(new StepContext(step, scope.ServiceProvider, this, CancellationToken.None), outcome);
        return outcome.Failure?.Message ?? Encoding.UTF8.GetString(outcome.Result.Span);
    }

    public static AncestorResult Result(string step, string json, string? template = null) => new(step, template ?? step, Encoding.UTF8.GetBytes(json));

    public ValueTask SaveCheckpointAsync(ClaimedStep step, ReadOnlyMemory<byte> checkpoint, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Dispose()
    {
        _services.Dispose();
        _context.Unload();
    }
}
