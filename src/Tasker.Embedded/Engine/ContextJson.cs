using Tasker.Embedded.Storage;
using Tasker.Json;

namespace Tasker.Embedded.Engine;

/// <summary>Writes the contexts of new tasks, each thread into memory of its own that it uses again.</summary>
internal static class ContextJson
{
    /// <summary>As deep as the readers of the steps go.</summary>
    private const int MaxDepth = 64;

    [ThreadStatic]
    private static JsonText? _text;

    public static byte[] Write<TInput>(JsonCodec<TInput> codec, TInput input)
    {
        // A codec is the application's code: if it starts a task itself, that one gets other memory.
        var text = _text ?? new JsonText(MaxDepth);
        _text = null;
        codec.Write(text.BeginValue(), input);
        var json = text.EndValue().ToArray();
        _text = text;
        return json;
    }
}
