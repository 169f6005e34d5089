using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Tests.Infrastructure;

public sealed class EquatableArrayTests
{
    [Fact]
    public void Arrays_with_equal_elements_are_equal_and_hash_alike()
    {
        EquatableArray<string> left = ["a", "b"];
        EquatableArray<string> right = ["a", "b"];

        Assert.Equal(left, right);
        Assert.True(left == right);
        Assert.Equal(left.GetHashCode(), right.GetHashCode());
    }

    [Fact]
    public void Order_and_length_matter()
    {
        EquatableArray<string> array = ["a", "b"];

        Assert.True(array != ["b", "a"]);
        Assert.True(array != ["a"]);
    }

    [Fact]
    public void The_default_is_an_empty_array()
    {
        EquatableArray<string> nothing = default;

        Assert.True(nothing.IsEmpty);
        Assert.True(nothing == []);
        Assert.Equal(EquatableArray.Create<string>([]).GetHashCode(), nothing.GetHashCode());
        Assert.Empty(nothing);
    }
}
