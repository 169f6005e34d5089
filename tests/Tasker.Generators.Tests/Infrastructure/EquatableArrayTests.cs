using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Tests.Infrastructure;

public sealed class EquatableArrayTests
{
    [Fact]
    public void Arrays_with_equal_elements_are_equal_and_hash_alike()
    {
        EquatableArray<string> left = ["a", "b"];
        EquatableArray<string> right = ["a", "b"];

        Assert.True(left.Equals(right));
        Assert.True(left.Equals((object)right));
        Assert.Equal(left.GetHashCode(), right.GetHashCode());
    }

    [Fact]
    public void Order_and_length_matter()
    {
        EquatableArray<string> array = ["a", "b"];

        Assert.False(array.Equals(["b", "a"]));
        Assert.False(array.Equals(["a"]));
        Assert.False(array.Equals(null));
    }

    [Fact]
    public void Nothing_is_one_empty_array()
    {
        EquatableArray<string> nothing = [];

        Assert.True(nothing.IsEmpty);
        Assert.Same(EquatableArray<string>.Empty, nothing);
        Assert.Same(nothing, new List<string>().ToEquatableArray());
        Assert.Empty(nothing);
    }
}
