using System.Runtime.CompilerServices;

namespace Tasker.Json;

/// <summary>A member that was read and waits for the object it belongs to: as it is when it fits and holds no reference, otherwise as an object.</summary>
internal struct JsonMemberValue
{
    private object? _reference;
    private Words _words;

    /// <summary>Whether the member came.</summary>
    public bool IsSet { get; private set; }

    /// <summary>Whether it came as <c>null</c>.</summary>
    public bool IsNull { get; set; }

    public void Set<T>(T value)
    {
        if (IsInline<T>())
            Unsafe.As<Words, T>(ref _words) = value;
        else
            _reference = value;
        IsSet = true;
    }

    /// <summary>The value; its type's default when the member did not come.</summary>
    public readonly T Get<T>() => IsInline<T>()
        ? Unsafe.As<Words, T>(ref Unsafe.AsRef(in _words))
        : _reference is null ? default! : (T)_reference;

    private static bool IsInline<T>() => !RuntimeHelpers.IsReferenceOrContainsReferences<T>() && Unsafe.SizeOf<T>() <= Unsafe.SizeOf<Words>();

    /// <summary>Room for a <c>decimal?</c>.</summary>
    [InlineArray(3)]
    private struct Words
    {
        private ulong _first;
    }
}
