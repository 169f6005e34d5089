using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Tasker.Generators.Json;
using Tasker.Generators.Models;
using Tasker.Generators.Templates;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Pipeline;

/// <summary>
/// What flows through the pipeline is compared and kept between runs: it must compare by value and must not keep a compilation alive.
/// </summary>
public sealed class ModelShapeTests
{
    private static readonly Type[] Roots =
        [typeof(HandlerSet), typeof(ParsedHandler), typeof(HandlerMap), typeof(ReferencedHandlers), typeof(TemplateSource), typeof(TemplateNames), typeof(ParsedTemplate), typeof(RegistryModel), typeof(HostingModel), typeof(JsonTypeModel)];

    [Fact]
    public void No_model_holds_a_Roslyn_type() =>
        Assert.All(Reachable(), type => Assert.All(Fields(type), field =>
            Assert.False(
                Parts(field.FieldType).Any(part => part.Assembly.GetName().Name!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal)),
                $"{type.Name}.{field.Name} is a {field.FieldType}.")));

    [Fact]
    public void Every_model_compares_by_value() =>
        Assert.All(Reachable(), type => Assert.True(
            type.IsEnum || typeof(IEquatable<>).MakeGenericType(type).IsAssignableFrom(type),
            $"{type.Name} cannot be compared."));

    [Fact]
    public void The_walk_reaches_the_models_that_matter()
    {
        var reachable = Reachable();

        Assert.Contains(typeof(TypeRef), reachable);
        Assert.Contains(typeof(StepModel), reachable);
        Assert.Contains(typeof(JsonMember), reachable);
        Assert.Contains(typeof(TemplateClassModel), reachable);
        Assert.Contains(typeof(ReferencedHandler), reachable);
    }

    /// <summary>Of a value type, Roslyn's tables would be compiled once more in each compiler process; what Roslyn itself pairs and collects is known.</summary>
    [Fact]
    public void What_flows_is_of_classes_that_compare_by_value()
    {
        var host = new GeneratorHost(
            """
            public sealed record Order(int Id);
            public static class Steps { [StepHandler("load")] public static Order Load([FromInput] int id) => new(id); }
            [TaskTemplate("audit")] public static partial class Audit { [StepHandler("check")] public static int Check() => 1; }
            """,
            ("load.workflow.yaml", "name: load\nsteps:\n  - name: load\n    handler: { callable: load }\n  - name: far\n    handler: { callable: far }\n"));
        host.Change(compilation => compilation.AddReferences(Library.Compile("public sealed record Far(int A); public static class F { [StepHandler(\"far\")] public static Far Go() => new(1); }")));
        var outputs = host.Run().TrackedOutputSteps.Values.SelectMany(steps => steps);
        var values = new Dictionary<Type, string>();
        var seen = new HashSet<IncrementalGeneratorRunStep>();
        var open = new Stack<(string Name, IncrementalGeneratorRunStep Step)>(outputs.SelectMany(step => step.Inputs.Select(input => ("an output", input.Source))));
        while (open.TryPop(out var item))
        {
            if (!seen.Add(item.Step))
                continue;
            foreach (var (value, _) in item.Step.Outputs)
            {
                if (value is not null)
                    values[value.GetType()] = item.Name;
            }

            foreach (var (input, _) in item.Step.Inputs)
                open.Push((item.Step.Name ?? item.Name, input));
        }

        Assert.Contains(values.Keys, type => type.Name == "FileSurroundings");
        Assert.All(values, pair => Assert.True(IsShared(pair.Key), $"{pair.Key} flows to {pair.Value}."));
    }

    private static bool IsShared(Type type) =>
        type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(ValueTuple<,>) || type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
            ? type.GetGenericArguments().All(part => !part.IsValueType)
            : type.IsClass && (type.Assembly != typeof(HandlerSet).Assembly || typeof(IEquatable<>).MakeGenericType(type).IsAssignableFrom(type));

    private static HashSet<Type> Reachable()
    {
        var reached = new HashSet<Type>();
        var open = new Stack<Type>(Roots);
        while (open.TryPop(out var type))
        {
            if (!reached.Add(type))
                continue;
            foreach (var derived in type.Assembly.GetTypes().Where(candidate => candidate.BaseType == type && !type.IsEnum))
                open.Push(derived);
            foreach (var part in Fields(type).Where(field => !IsCache(field)).SelectMany(field => Parts(field.FieldType)))
            {
                if (part.Assembly == typeof(HandlerSet).Assembly && !part.IsGenericType)
                    open.Push(part);
            }
        }

        return reached;
    }

    /// <summary>An index made on demand from what is compared.</summary>
    private static bool IsCache(FieldInfo field) => field.DeclaringType == typeof(HandlerMap) && field.FieldType.Name.StartsWith("Dictionary", StringComparison.Ordinal);

    private static FieldInfo[] Fields(Type type) => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

    private static IEnumerable<Type> Parts(Type type) =>
        type.IsArray ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type)
        : [type];
}
