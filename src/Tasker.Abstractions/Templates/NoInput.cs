using Tasker.Json;

namespace Tasker.Templates;

/// <summary>The context of a task whose steps read nothing of it: an object without members.</summary>
public readonly record struct NoInput
{
    /// <summary>Writes <c>{}</c>, and reads any object.</summary>
    public static JsonCodec<NoInput> Codec { get; } =
        new JsonObjectCodec<NoInput>(nameof(NoInput), hasScalar: false, static (in _) => default, static (in _, _) => { }, codecs: null);
}
