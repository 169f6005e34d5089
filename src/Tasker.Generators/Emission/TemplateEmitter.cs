using System.Globalization;
using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Emission;

/// <summary>Writes the class of one template: its name, its steps' names and the compiled template itself.</summary>
internal static class TemplateEmitter
{
    private const string ImmutableArray = "global::System.Collections.Immutable.ImmutableArray";

    private static readonly string[] ObjectMembers = ["Equals", "ReferenceEquals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "Finalize"];

    public static string ClassName(string template)
    {
        var name = Identifiers.ToPascalCase(template);
        return Array.IndexOf(TemplateNames.Members, name) < 0 ? name : name + "Template";
    }

    public static SourceText Emit(TemplateSource source)
    {
        var useWarnings = source.Input?.UseWarnings ?? [];
        foreach (var result in source.Results)
            useWarnings = UseWarnings.Union(useWarnings, result.Value?.UseWarnings ?? []);
        foreach (var input in source.Inputs ?? [])
            useWarnings = UseWarnings.Union(useWarnings, input.Value?.UseWarnings ?? []);
        using var writer = GeneratedFile.Begin(useWarnings, isPublic: true);
        var template = source.Template;
        if (source.Namespace.Length > 0)
            writer.Line($"namespace {source.Namespace};").Line();
        if (source.Class is { } existing)
        {
            Reopen(writer, source, existing.Declarations.AsSpan());
            return writer.ToSourceText();
        }

        Summary(writer, template.Description ?? $"The task template {template.Name}.");
        GeneratedFile.Marker(writer);
        using (writer.Block($"public static partial class {source.ClassName}"))
            Body(writer, source);
        return writer.ToSourceText();
    }

    /// <summary>Without attributes of its own: the class is the user's, and analyzers must not take it for generated code.</summary>
    private static void Reopen(IndentedWriter writer, TemplateSource source, ReadOnlySpan<string> declarations)
    {
        if (declarations.IsEmpty)
        {
            Body(writer, source);
            return;
        }

        using (writer.Block(declarations[0]))
            Reopen(writer, source, declarations.Slice(1));
    }

    private static void Body(IndentedWriter writer, TemplateSource source)
    {
        Constant(writer, "Name", source.Template.Name, "The template's name.");
        Constant(writer, "Namespace", source.Template.Namespace, "The template's namespace.");
        Constant(writer, "Version", source.Template.Version, "The template's version.");
        var records = TemplateRecords.Of(source);
        Template(writer, source, records);
        writer.Line();
        Steps(writer, source, records);
        foreach (var record in records.All)
        {
            writer.Line();
            Record(writer, record);
        }
    }

    private static void Constant(IndentedWriter writer, string name, string value, string summary)
    {
        Summary(writer, summary);
        writer.Line($"public const string {name} = {Identifiers.Literal(value)};").Line();
    }

    private static void Steps(IndentedWriter writer, TemplateSource source, TemplateRecords records)
    {
        Summary(writer, "The template's steps: a misspelt name does not compile.");
        using var block = writer.Block("public static class Steps");
        var names = new HashSet<string>(ObjectMembers, StringComparer.Ordinal) { "Steps" };
        for (var i = 0; i < source.Template.Steps.Count; i++)
        {
            var step = source.Template.Steps[i];
            var name = Identifiers.ToPascalCase(step.Name);
            for (var suffix = 2; !names.Add(name); suffix++)
                name = Identifiers.ToPascalCase(step.Name) + suffix.ToString(CultureInfo.InvariantCulture);
            if (i > 0)
                writer.Line();
            Summary(writer, step.Description ?? $"The step {step.Name}.");
            var value = source.Results[i].Value;
            writer.Line((value?.Type ?? records.ResultOf(i)) is { } result
                ? $"{(value is null ? "public" : Access(value.IsPublic))} static {KnownNames.Global(KnownNames.StepRefOfT)}<{result.TypeName}> {name} {{ get; }} = " +
                  $"new({Identifiers.Literal(step.Name)}, {result.CodecExpression});"
                : $"public static {KnownNames.Global(KnownNames.StepRef)} {name} {{ get; }} = new({Identifiers.Literal(step.Name)});");
        }
    }

    private static void Template(IndentedWriter writer, TemplateSource source, TemplateRecords records)
    {
        var template = source.Template;
        var (input, access, codec) = (source.Input, records.Inputs, source.Inputs) switch
        {
            ({ } whole, _, _) => (whole.Type.TypeName, Access(whole.IsPublic), whole.Type.CodecExpression),
            (_, { } record, _) => (record.Name, Access(record.IsPublic), record.Type.CodecExpression),
            (_, _, { }) => (KnownNames.Global(KnownNames.NoInput), "public", KnownNames.Global(KnownNames.NoInput) + ".Codec"),
            _ => (null, "public", null),
        };
        var type = input is null ? KnownNames.Global(KnownNames.TaskTemplate) : $"{KnownNames.Global(KnownNames.TaskTemplateOfT)}<{input}>";
        Summary(writer, "The compiled template.");
        using var block = writer.Block($"{access} static {type} Template {{ get; }} = new()", ";");
        writer.Line("Name = Name,");
        writer.Line("Namespace = Namespace,");
        writer.Line("Version = Version,");
        Optional(writer, "Description", Text(template.Description));
        if (template.Metadata is { } metadata)
            Metadata(writer, metadata);
        if (template.Systems is { } systems)
            Systems(writer, systems);
        if (!template.DomainEvents.IsEmpty)
            ListOf(writer, "DomainEvents", template.DomainEvents, DomainEvent);
        Optional(writer, "InputCodec", codec);
        Optional(writer, "InputSchema", Text(template.InputSchema));
        if (template.Lifecycle is { } lifecycle)
            Lifecycle(writer, lifecycle);
        ListOf(writer, "Steps", template.Steps, Step);
        if (!template.Environments.IsEmpty)
            Environments(writer, template.Environments);
    }

    private static void Step(IndentedWriter writer, StepModel step)
    {
        writer.Line($"Name = {Identifiers.Literal(step.Name)},");
        Optional(writer, "Description", Text(step.Description));
        if (step.Type != "Standard")
            writer.Line($"Type = {KnownNames.Global(KnownNames.StepType)}.{step.Type},");
        writer.Line($"Callable = {Identifiers.Literal(step.Callable)},");
        Optional(writer, "Method", Text(step.Method));
        Optional(writer, "Resolver", Text(step.Resolver));
        Optional(writer, "Configuration", Utf8(step.Configuration));
        Texts(writer, "Dependencies", step.Dependencies);
        Optional(writer, "Retry", Retry(step.Retry));
        Optional(writer, "Timeout", Time(step.Timeout));
        Optional(writer, "SystemDependency", Text(step.SystemDependency));
        if (step.Batch is { } batch)
            Batch(writer, batch);
        if (!step.Events.IsEmpty)
            ListOf(writer, "Events", step.Events, Event);
        Optional(writer, "ResultSchema", Text(step.ResultSchema));
        Optional(writer, "Composition", Text(step.Composition));
    }

    private static void Metadata(IndentedWriter writer, MetadataModel metadata)
    {
        using var block = writer.Block("Metadata = new()", ",");
        Optional(writer, "Author", Text(metadata.Author));
        Texts(writer, "Tags", metadata.Tags);
        Optional(writer, "DocumentationUrl", Text(metadata.DocumentationUrl));
        Optional(writer, "CreatedAt", Text(metadata.CreatedAt));
        Optional(writer, "UpdatedAt", Text(metadata.UpdatedAt));
    }

    private static void Systems(IndentedWriter writer, SystemsModel systems)
    {
        using var block = writer.Block("SystemDependencies = new()", ",");
        Optional(writer, "Primary", Text(systems.Primary));
        Texts(writer, "Secondary", systems.Secondary);
    }

    private static void DomainEvent(IndentedWriter writer, DomainEventModel declared)
    {
        writer.Line($"Name = {Identifiers.Literal(declared.Name)},");
        Optional(writer, "Description", Text(declared.Description));
        Optional(writer, "Schema", Text(declared.Schema));
    }

    private static void Batch(IndentedWriter writer, BatchModel batch)
    {
        using var block = writer.Block("Batch = new()", ",");
        writer.Line($"BatchSize = {Number(batch.BatchSize)},");
        writer.Line($"Parallelism = {Number(batch.Parallelism)},");
        writer.Line($"CursorField = {Identifiers.Literal(batch.CursorField)},");
        writer.Line($"WorkerTemplate = {Identifiers.Literal(batch.WorkerTemplate)},");
        writer.Line($"FailureStrategy = {KnownNames.Global(KnownNames.BatchFailureStrategy)}.{batch.FailureStrategy},");
    }

    private static void Event(IndentedWriter writer, EventModel declared)
    {
        writer.Line($"Name = {Identifiers.Literal(declared.Name)},");
        writer.Line($"Description = {Identifiers.Literal(declared.Description)},");
        writer.Line($"Condition = {KnownNames.Global(KnownNames.EventCondition)}.{declared.Condition},");
        writer.Line($"Delivery = {KnownNames.Global(KnownNames.EventDelivery)}.{declared.Delivery},");
        writer.Line($"Schema = {Identifiers.Literal(declared.Schema)},");
        Optional(writer, "Publisher", Text(declared.Publisher));
    }

    private static void Lifecycle(IndentedWriter writer, LifecycleModel lifecycle)
    {
        using var block = writer.Block("Lifecycle = new()", ",");
        Optional(writer, "MaxDuration", Time(lifecycle.MaxDuration));
        Optional(writer, "MaxWaitingForDependencies", Time(lifecycle.MaxWaitingForDependencies));
        Optional(writer, "MaxWaitingForRetry", Time(lifecycle.MaxWaitingForRetry));
        Optional(writer, "MaxStepsInProcess", Time(lifecycle.MaxStepsInProcess));
        Optional(writer, "StalenessAction", Text(lifecycle.StalenessAction));
        Optional(writer, "AutoFailOnTimeout", Flag(lifecycle.AutoFailOnTimeout));
        Optional(writer, "AutoDlqOnTimeout", Flag(lifecycle.AutoDlqOnTimeout));
    }

    private static void Environments(IndentedWriter writer, EquatableArray<EnvironmentModel> environments)
    {
        var overrides = $"{ImmutableArray}<{KnownNames.Global(KnownNames.StepOverride)}>";
        writer.Line($"Environments = global::System.Collections.Immutable.ImmutableDictionary<string, {overrides}>.Empty");
        using (writer.Indented())
        {
            for (var i = 0; i < environments.Count; i++)
            {
                writer.Line($".Add({Identifiers.Literal(environments[i].Name)},");
                writer.Line("[");
                using (writer.Indented())
                    Items(writer, environments[i].Steps, Override);
                writer.Line(i + 1 < environments.Count ? "])" : "]),");
            }
        }
    }

    private static void Override(IndentedWriter writer, StepOverrideModel step)
    {
        writer.Line($"Step = {Identifiers.Literal(step.Step)},");
        Optional(writer, "Configuration", Utf8(step.Configuration));
        Optional(writer, "Timeout", Time(step.Timeout));
        Optional(writer, "Retry", Retry(step.Retry));
    }

    private static void Record(IndentedWriter writer, TemplateRecord record)
    {
        Summary(writer, record.Summary);
        foreach (var member in record.Members)
            writer.Line($"/// <param name=\"{member.Name}\">{Identifiers.Documentation(member.Model.Description ?? $"The member {member.Model.JsonName}.")}</param>");
        GeneratedFile.Marker(writer);
        writer.Line($"{Access(record.IsPublic)} sealed record {record.Name}(");
        using var indented = writer.Indented();
        for (var i = 0; i < record.Members.Count; i++)
        {
            var (name, model, type) = record.Members[i];
            var declaration = model.IsRequired ? $"{type.TypeName} {name}" : $"{type.TypeName}{(type.IsReferenceType ? "?" : "")} {name} = null";
            writer.Line(declaration + (i + 1 < record.Members.Count ? "," : ");"));
        }
    }

    private static void ListOf<T>(IndentedWriter writer, string property, EquatableArray<T> items, Action<IndentedWriter, T> members)
        where T : IEquatable<T>
    {
        writer.Line($"{property} =");
        writer.Line("[");
        using (writer.Indented())
            Items(writer, items, members);
        writer.Line("],");
    }

    private static void Items<T>(IndentedWriter writer, EquatableArray<T> items, Action<IndentedWriter, T> members)
        where T : IEquatable<T>
    {
        foreach (var item in items)
        {
            using (writer.Block("new()", ","))
                members(writer, item);
        }
    }

    private static void Texts(IndentedWriter writer, string property, EquatableArray<string> texts)
    {
        if (!texts.IsEmpty)
            writer.Line($"{property} = [{Join(texts)}],");
    }

    private static void Optional(IndentedWriter writer, string property, string? expression)
    {
        if (expression is not null)
            writer.Line($"{property} = {expression},");
    }

    private static string? Retry(RetryModel? retry)
    {
        if (retry is null)
            return null;
        var settings = new List<string>();
        if (retry.Retryable is { } retryable)
            settings.Add($"Retryable = {Flag(retryable)}");
        if (retry.MaxAttempts is { } attempts)
            settings.Add($"MaxAttempts = {Number(attempts)}");
        if (retry.Backoff is { } backoff)
            settings.Add($"Backoff = {KnownNames.Global(KnownNames.BackoffStrategy)}.{backoff}");
        if (retry.BackoffBase is { } backoffBase)
            settings.Add($"BackoffBase = {Time(backoffBase)}");
        if (retry.MaxBackoff is { } maxBackoff)
            settings.Add($"MaxBackoff = {Time(maxBackoff)}");
        return settings.Count == 0 ? "new()" : $"new() {{ {string.Join(", ", settings)} }}";
    }

    private static string Join(EquatableArray<string> texts)
    {
        var literals = new List<string>();
        foreach (var text in texts)
            literals.Add(Identifiers.Literal(text));
        return string.Join(", ", literals);
    }

    private static string? Time(long? milliseconds) =>
        milliseconds is null ? null : $"global::System.TimeSpan.FromMilliseconds({Number(milliseconds.Value)}L)";

    private static string? Text(string? text) => text is null ? null : Identifiers.Literal(text);

    private static string? Utf8(string? json) => json is null ? null : Identifiers.Literal(json) + "u8.ToArray()";

    private static string? Flag(bool? flag) => flag is null ? null : flag.Value ? "true" : "false";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Access(bool isPublic) => isPublic ? "public" : "internal";

    private static void Summary(IndentedWriter writer, string text) => writer.Line($"/// <summary>{Identifiers.Documentation(text)}</summary>");
}
