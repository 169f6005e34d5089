using System.Buffers;
using System.Text.Json;
using Tasker.Json;

namespace Tasker.Tests;

/// <summary>The innermost object that is allowed, where every value but null is one more level.</summary>
public sealed class JsonDepthTests
{
    private const int MaxDepth = 64;

    private static readonly JsonObjectCodec<Node> Nodes = new(
        "Node",
        hasScalar: false,
        static (in JsonObjectReader _) => throw new NotSupportedException(),
        static (in JsonObjectWriter members, Node node) =>
        {
            members.String(0, node.Text());
            members.ValueUnlessNull(1, node.Next?.Invoke());
        },
        static () => [Nodes!],
        "text String",
        "next Value");

    [Fact]
    public void A_null_is_no_level() => Write(Nested(MaxDepth, new Node(() => null, null)));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_value_is_too_deep_whether_it_is_a_text_or_an_object(bool isText)
    {
        var innermost = isText ? new Node(() => "x", null) : new Node(() => null, () => new Node(() => null, null));

        Assert.Contains("nests deeper than 64 levels", Assert.Throws<JsonException>(() => Write(Nested(MaxDepth, innermost))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_refers_to_itself_is_too_deep()
    {
        Node? self = null;
        self = new Node(() => null, () => self);

        Assert.Throws<JsonException>(() => Write(self));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(MaxDepth - 1)]
    [InlineData(MaxDepth)]
    public void What_a_property_throws_stays_what_it_is_at_every_depth(int depth)
    {
        var own = new InvalidOperationException("not ready");

        Assert.Same(own, Assert.Throws<InvalidOperationException>(() => Write(Nested(depth, new Node(() => throw own, null)))));
        Assert.Same(own, Assert.Throws<InvalidOperationException>(() => Write(Nested(depth, new Node(() => null, () => throw own)))));
    }

    /// <summary>It would not have been asked: its object alone is one level too many.</summary>
    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(ArgumentException))]
    public void What_is_too_deep_is_so_whatever_it_throws(Type type)
    {
        var tooDeep = new Node(() => throw (Exception)Activator.CreateInstance(type)!, null);

        Assert.Throws<JsonException>(() => Write(Nested(MaxDepth, new Node(() => null, () => tooDeep))));
    }

    private static Node Nested(int depth, Node innermost) => depth == 1 ? innermost : new Node(() => null, () => Nested(depth - 1, innermost));

    private static void Write(Node node)
    {
        using var writer = new Utf8JsonWriter(new ArrayBufferWriter<byte>());
        Nodes.Write(writer, node);
    }

    private sealed record Node(Func<string?> Text, Func<Node?>? Next);
}
