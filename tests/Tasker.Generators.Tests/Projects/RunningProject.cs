using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Tasker.Generators.Tests.Infrastructure;
using Tasker.Generators.Tests.Json;
using Tasker.Handlers;
using Tasker.Templates;

namespace Tasker.Generators.Tests.Projects;

/// <summary>A compiled project in this process: every handler is run through its adapter, and every template looked at.</summary>
internal sealed class RunningProject : IDisposable, ICheckpointSink
{
    private readonly JsonSerializerOptions _json =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    private readonly AssemblyLoadContext _context = new("project", isCollectible: true);
    private readonly RandomProject _project;
    private readonly System.Reflection.Assembly _assembly;
    private readonly ServiceProvider _services;
    private readonly HandlerRegistry _registry;
    private readonly Dictionary<string, object?[]> _notes;

    public RunningProject(RandomProject project, Compilation compilation)
    {
        _project = project;
        using var image = new MemoryStream();
        var emitted = compilation.Emit(image);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics.Where(diagnostic => diagnostic.Severity is DiagnosticSeverity.Error)));
        image.Position = 0;
        if (project.SharesLibrary)
        {
            using var library = SharedLibrary.Open();
            _context.LoadFromStream(library);
        }

        _assembly = _context.LoadFromStream(image);
        var collection = new ServiceCollection();
        foreach (var service in new[] { "Old", "Experiment" })
            collection.AddSingleton(_assembly.GetType("ProjectProbe." + service, throwOnError: true)!);
        collection.AddSingleton(_assembly.GetType("ProjectProbe.IClock", throwOnError: true)!, _assembly.GetType("ProjectProbe.Clock", throwOnError: true)!);
        var hosting = _assembly.GetTypes().Single(type => type.Namespace == "Microsoft.Extensions.DependencyInjection" && type.Name.EndsWith("TaskerBuilderExtensions", StringComparison.Ordinal));
        hosting.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).Single().Invoke(null, [collection.AddTasker()]);
        _services = collection.BuildServiceProvider();
        _registry = _services.GetRequiredService<HandlerRegistry>();
        _notes = (Dictionary<string, object?[]>)_assembly.GetType("ProjectProbe.Probe")!.GetProperty("Notes")!.GetValue(null)!;
    }

    public void CheckTemplates()
    {
        Assert.Equal(
            _project.TemplateCases.Select(Describe).Order(StringComparer.Ordinal),
            _registry.Templates.Select(template => $"{template.Namespace}/{template.Name}/{template.Version} {template.Description}: {string.Join('|', template.Steps.Select(step => step.Name))}").Order(StringComparer.Ordinal));

        static string Describe(TemplateCase template) => $"{template.Namespace}/{template.Name}/{template.Version} {template.Description}: {string.Join('|', template.Steps)}";
    }

    public async Task<int> RunAll(Random random)
    {
        CheckTemplates();
        Assert.Equal(_project.Handlers.Count, _registry.Handlers.Length);
        var count = 0;
        var methods = _assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(method => method.GetCustomAttribute<HandlerAttribute>() is not null)
            .ToDictionary(method => method.GetCustomAttribute<HandlerAttribute>()! is var attribute ? (attribute.Callable, attribute.Method) : default);
        foreach (var handler in _project.Handlers)
        {
            if (await Run(handler, methods[(handler.Callable, handler.Method)], random))
                count++;
        }

        return count;
    }

    private async Task<bool> Run(HandlerCase handler, MethodInfo method, Random random)
    {
        var jsons = new RandomJson(random, _json);
        var parameters = method.GetParameters();
        var (input, config, results) = (new List<string>(), new List<string>(), new List<AncestorResult>());
        var whole = default(string);
        var expected = new object?[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            var type = parameters[i].ParameterType is { IsByRef: true } reference ? reference.GetElementType()! : parameters[i].ParameterType;
            var source = handler.Sources[i];
            if (source.Length == 0)
                continue;
            if (parameters[i].HasDefaultValue && random.Next(2) == 0)
            {
                expected[i] = Default(parameters[i], type);
                continue;
            }

            if (Value(jsons, type) is not var (json, value))
                return false;
            // A result that is null travels as {}, so that is what {} is where null is a value that a step can return.
            expected[i] = source[0] == 's' && Nullable.GetUnderlyingType(type) is not null && json.Trim() == "{}" ? null : value;
            if (source == "whole")
                whole = json;
            else if (source[0] == 's' && value is JsonElement)
                return false;
            else if (source[0] == 's')
                results.Add(GeneratedAssembly.Result(source[5..], json.Trim()[0] == '{' ? json : $"{{\"result\":{json}}}"));
            else
                (source[0] == 'i' ? input : config).Add($"{JsonSerializer.Serialize(source[(source.IndexOf(':', StringComparison.Ordinal) + 1)..])}:{json}");
        }

        var result = default(string);
        try
        {
            result = await Invoke(handler, whole ?? $"{{{string.Join(',', input)}}}", $"{{{string.Join(',', config)}}}", results);
        }
        catch (ValidationException) when (whole is not null)
        {
            // A whole context lacks what a parameter of the record must have; System.Text.Json lets it be null.
            return false;
        }

        var noted = _notes[handler.Key];
        Assert.Equal(parameters.Length, noted.Length);
        for (var i = 0; i < noted.Length; i++)
        {
            if (handler.Sources[i].Length > 0)
                AssertSame(handler, expected[i], noted[i], parameters[i]);
        }

        if (handler.Returned >= 0 && handler.IsValue)
            Assert.Equal(Returned(noted[handler.Returned], parameters[handler.Returned]), result);
        return true;
    }

    private string Returned(object? value, ParameterInfo parameter)
    {
        // A result that is nothing, whatever System.Text.Json says of an element that was never set.
        if (value is null or JsonElement { ValueKind: JsonValueKind.Undefined })
            return "{}";
        var type = parameter.ParameterType is { IsByRef: true } reference ? reference.GetElementType()! : parameter.ParameterType;
        try
        {
            var json = JsonSerializer.Serialize(value, type, _json);
            return json == "null" ? "{}" : json[0] == '{' ? json : $"{{\"result\":{json}}}";
        }
        catch (Exception exception) when (exception is ArgumentException or JsonException or InvalidOperationException)
        {
            return exception.GetType().Name;
        }
    }

    private void AssertSame(HandlerCase handler, object? expected, object? actual, ParameterInfo parameter)
    {
        if (Equals(expected, actual) && (expected is not decimal money || money.ToString() == actual!.ToString()))
            return;
        var (left, right) = (Text(expected), Text(actual));
        Assert.True(left == right, $"{handler.Callable} {parameter.Name}: expected {left}, got {right}");
    }

    private string Text(object? value)
    {
        try
        {
            return value is null ? "null" : value.GetType().Name + " " + JsonSerializer.Serialize(value, value.GetType(), _json);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return value + "";
        }
    }

    private static object? Default(ParameterInfo parameter, Type type)
    {
        var value = parameter.DefaultValue;
        if (value is null)
            return type.IsValueType && Nullable.GetUnderlyingType(type) is null ? Activator.CreateInstance(type) : null;
        var underlying = Nullable.GetUnderlyingType(type) ?? type;
        return underlying.IsEnum ? Enum.ToObject(underlying, value) : value;
    }

    /// <summary>JSON that System.Text.Json accepts for the type and that is not null.</summary>
    private (string Json, object Value)? Value(RandomJson jsons, Type type)
    {
        for (var attempt = 0; attempt < 30; attempt++)
        {
            var json = jsons.For(type);
            try
            {
                if (json.Trim() is not "null" && JsonSerializer.Deserialize(json, type, _json) is { } value)
                    return (json, value);
            }
            catch (Exception exception) when (exception is JsonException)
            {
                // Another text, then.
            }
        }

        return null;
    }

    private async Task<string> Invoke(HandlerCase handler, string context, string config, List<AncestorResult> results)
    {
        await using var scope = _services.CreateAsyncScope();
        using var outcome = new StepOutcome();
        var definition = new StepDefinition { Name = "s", Callable = handler.Callable, Dependencies = [.. results.Select(result => result.TemplateStep)] };
        var step = new ClaimedStep
        {
            TaskId = Guid.Empty,
            StepId = Guid.Empty,
            CorrelationId = Guid.Empty,
            Name = "s",
            Definition = definition,
            Template = new TaskTemplate { Name = "t", Namespace = "n", Version = "1", Steps = [definition] },
            TaskContext = Encoding.UTF8.GetBytes(context),
            Configuration = Encoding.UTF8.GetBytes(config),
            Inputs = Encoding.UTF8.GetBytes("""{"cursor":{"batch_id":"001","start_cursor":3,"end_cursor":10},"is_no_op":false}"""),
            Dependencies = StepResults.From([.. results]),
        };
        var adapter = _registry.Handlers.Single(candidate => candidate.Callable == handler.Callable && candidate.Method == handler.Method);
        try
        {
            await adapter.InvokeAsync(new StepContext(step, scope.ServiceProvider, this, CancellationToken.None), outcome);
        }
        catch (Exception exception) when (exception is ArgumentException or JsonException || (exception is InvalidOperationException && _notes.ContainsKey(handler.Key)))
        {
            return exception.GetType().Name;
        }

        return outcome.Failure?.Message ?? Encoding.UTF8.GetString(outcome.Result.Span);
    }

    public ValueTask SaveCheckpointAsync(ClaimedStep step, ReadOnlyMemory<byte> checkpoint, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Dispose()
    {
        _services.Dispose();
        _context.Unload();
    }
}
