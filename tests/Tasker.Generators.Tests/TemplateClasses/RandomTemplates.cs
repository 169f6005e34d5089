using CsCheck;
using Tasker.Generators.Emission;
using Tasker.Generators.Models;
using Tasker.Generators.Templates;

namespace Tasker.Generators.Tests.TemplateClasses;

/// <summary>Whatever a template says, its YAML says the same.</summary>
public sealed class RandomTemplates
{
    private static readonly string[] Tricky =
        ["no", "NULL", "~", "1.0", "1e3", "0x10", "a: b", "a #b", "- a", "a,b", "[a]", "\"q\"", "'q'", "a\\b", " a", "a ", "line\nbreak", "tab\t", "#if", "ä", "😀", "\u0085", "\u2028", "\uFEFF", "&a", "*a", "!t", "%x", "@x", "`x", "|", ">", "?", ":"];

    private static readonly Gen<string> Word = Gen.OneOf(Gen.Char['a', 'z'].Array[1, 8].Select(letters => new string(letters)), OneOf(Tricky));

    private static readonly Gen<string?> Maybe = Gen.OneOf(Gen.Const((string?)null), Word.Select(word => (string?)word));

    private static readonly Gen<string> Json = OneOf(
        "{}", "{\"a\":1}", "{\"a,b\":[1,2.50,-1e3,true,null,\"x: y\"],\"c\":{\"d\\\"e\":\"\\\\\"}}", "{\"\u0085\":\"\uFEFF\\u0001😀\"}", "{\"<<\":{\"~\":\"null\"}}");

    private static readonly Gen<string?> MaybeJson = Gen.OneOf(Gen.Const((string?)null), Json.Select(json => (string?)json));

    private static readonly Gen<long?> Count = Gen.OneOf(Gen.Const((long?)null), Gen.Int[1, int.MaxValue].Select(number => (long?)number));

    private static readonly Gen<bool?> Flag = OneOf<bool?>(null, true, false);

    private static readonly Gen<RetryModel?> Retry =
        from isThere in Gen.Bool
        from retryable in Flag
        from attempts in Count
        from backoff in OneOf<string?>(null, "None", "Linear", "Exponential", "Fibonacci")
        from first in Count
        from longest in Count
        select isThere ? new RetryModel(retryable, attempts, backoff, first, longest) : null;

    private static readonly Gen<EventModel> Event =
        from name in Word
        from description in Word
        from condition in OneOf("Success", "Failure", "RetryableFailure", "PermanentFailure", "Always")
        from delivery in OneOf("Durable", "Fast", "Broadcast")
        from schema in Json
        from publisher in Maybe
        select new EventModel(name, description, condition, delivery, schema, publisher);

    private static readonly Gen<StepModel> Step =
        from name in Word
        from description in Maybe
        from type in OneOf("Standard", "Decision", "DeferredConvergence", "Batchable", "BatchWorker")
        from callable in Word
        from method in Maybe
        from configuration in MaybeJson
        from dependencies in Word.Array[0, 3]
        from retry in Retry
        from timeout in Gen.OneOf(Gen.Const((long?)null), Gen.Int[1, 1000].Select(seconds => (long?)(seconds * 1000L)))
        from system in Maybe
        from hasBatch in Gen.Bool
        from size in Gen.Int[1, 1000]
        from strategy in OneOf("ContinueOnFailure", "FailFast", "Isolate")
        from events in Event.Array[0, 2]
        from schema in MaybeJson
        from composition in MaybeJson
        select new StepModel(
            name, description, type, callable, method, method, configuration, [.. dependencies.Distinct()], retry, timeout, system,
            hasBatch ? new BatchModel(size, size, callable, name, strategy) : null, [.. events], schema, [], composition);

    private static readonly Gen<MetadataModel?> Metadata =
        from isThere in Gen.Bool
        from author in Maybe
        from tags in Word.Array[0, 3]
        from url in Maybe
        from created in OneOf<string?>(null, "2026-01-31T12:00:00Z", "2026-01-31 12:00:00.123456789+02:00")
        select isThere ? new MetadataModel(author, [.. tags], url, created, created) : null;

    private static readonly Gen<SystemsModel?> Systems =
        from isThere in Gen.Bool
        from primary in Maybe
        from secondary in Word.Array[0, 3]
        select isThere ? new SystemsModel(primary, [.. secondary]) : null;

    private static readonly Gen<DomainEventModel> DomainEvent =
        from name in Word
        from description in Maybe
        from schema in MaybeJson
        select new DomainEventModel(name, description, schema);

    private static readonly Gen<TemplateModel> Template =
        from name in Word
        from space in Word
        from description in Maybe
        from metadata in Metadata
        from systems in Systems
        from domainEvents in DomainEvent.Array[0, 2]
        from steps in Step.Array[0, 4]
        from hasLifecycle in Gen.Bool
        from minutes in Gen.OneOf(Gen.Const((long?)null), Gen.Int[1, 1000].Select(count => (long?)(count * 60_000L)))
        from action in Maybe
        from flag in Flag
        from environment in Word
        from hasEnvironment in Gen.Bool
        from configuration in MaybeJson
        from retry in Retry
        select new TemplateModel(
            name, space, "1.0.0", description, metadata, systems, [.. domainEvents], [.. steps.DistinctBy(step => step.Name)], null, [],
            hasLifecycle ? new LifecycleModel(minutes, null, minutes, minutes, action, flag, flag) : null,
            hasEnvironment ? [new EnvironmentModel(environment, [new StepOverrideModel("ALL", configuration, minutes, retry)]), new EnvironmentModel(environment + "2", [])] : []);

    [Fact]
    public void What_is_written_is_read_back() => Template.Sample(
        template =>
        {
            var yaml = YamlEmitter.Emit(template).ToString();
            var parsed = TemplateParser.Parse("t.yaml", Microsoft.CodeAnalysis.Text.SourceText.From(yaml), CancellationToken.None).Model;
            Assert.True(template == parsed, yaml);
            Assert.DoesNotContain(yaml.Split('\n')[1..^2], line => line.TrimStart().StartsWith('#'));
        },
        iter: 2000);

    private static Gen<T> OneOf<T>(params T[] items) => Gen.Int[0, items.Length - 1].Select(index => items[index]);
}
