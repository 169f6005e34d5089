using Microsoft.Extensions.DependencyInjection;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Emission;

/// <summary>Services under a key, in a handler's parameters and in the constructor of its class.</summary>
public sealed class KeyedServiceTests : IDisposable
{
    private const string Source = """
        using Microsoft.Extensions.DependencyInjection;

        public enum Region : long { Europe = 7 }

        public static class Parameters
        {
            [StepHandler("text")] public static string Text([FromKeyedServices("e\"u")] Version version) => version.ToString();
            [StepHandler("enum")] public static string Enum([FromKeyedServices(Region.Europe)] Version version) => version.ToString();
            [StepHandler("type")] public static string Type([FromKeyedServices(typeof(List<>))] Version version) => version.ToString();
            [StepHandler("integer")] public static string Integer([FromKeyedServices(7)] Version version) => version.ToString();
            [StepHandler("long")] public static string Long([FromKeyedServices(7L)] Version version) => version.ToString();
            [StepHandler("none")] public static string None([FromKeyedServices(null)] Version version) => version.ToString();
            [StepHandler("inherited")] public static string Inherited([FromKeyedServices] Version version) => version.ToString();
            [StepHandler("missing")] public static string Missing([FromKeyedServices("us")] Version version) => version.ToString();
            [StepHandler("optional")] public static string Optional([FromKeyedServices("us")] Version? version) => version?.ToString() ?? "nothing";
        }

        public sealed class Constructed([FromKeyedServices("e\"u")] Version one, [FromKeyedServices("us")] Version? two, [FromKeyedServices("us")] Version? three = null)
        {
            [StepHandler("constructed")] public string Run() => $"{one} {two == null} {three == null}";
        }

        public sealed class Unmade([FromKeyedServices("us")] Version version)
        {
            [StepHandler("unmade")] public string Run() => version.ToString();
        }

        public sealed class Unknown(Random random)
        {
            [StepHandler("unknown")] public int Run() => random.Next();
        }

        public sealed class Value(int number)
        {
            [StepHandler("value")] public int Run() => number;
        }
        """;

    private readonly GeneratedAssembly _shop = new(
        Source,
        [],
        static (services, assembly) => services
            .AddSingleton(new Version(0, 0))
            .AddKeyedSingleton("e\"u", new Version(1, 0))
            .AddKeyedSingleton(Enum.ToObject(assembly.GetType("Region")!, 7), new Version(2, 0))
            .AddKeyedSingleton<Version>(typeof(List<>), new Version(3, 0))
            .AddKeyedSingleton(7, new Version(4, 0))
            .AddKeyedSingleton(7L, new Version(5, 0)));

    public void Dispose() => _shop.Dispose();

    [Theory]
    [InlineData("text", "1.0")]
    [InlineData("enum", "2.0")]
    [InlineData("type", "3.0")]
    [InlineData("integer", "4.0")]
    [InlineData("long", "5.0")]
    [InlineData("none", "0.0")]
    [InlineData("inherited", "0.0")]
    [InlineData("optional", "nothing")]
    [InlineData("constructed", "1.0 True True")]
    public async Task The_service_under_the_key_is_passed(string callable, string result)
    {
        Assert.Equal($$"""{"result":"{{result}}"}""", await _shop.Run(callable));
        Assert.True(_shop.Handler(callable).NeedsScope);
    }

    [Fact]
    public async Task A_missing_service_is_an_error_of_the_configuration() =>
        Assert.Equal(
            "Step 'missing' needs the service System.Version with the key 'us', but the host has none. Register it under that key with the host's service collection.",
            (await Assert.ThrowsAsync<ConfigurationException>(() => _shop.Run("missing"))).Message);

    [Theory]
    [InlineData("unmade", "The constructor of Unmade needs the service System.Version with the key 'us', but the host has none. Register it under that key with the host's service collection.")]
    [InlineData("unknown", "The constructor of Unknown needs the service System.Random, but the host has none. Register it with the host's service collection.")]
    [InlineData("value", "The constructor of Value needs the service System.Int32, but the host has none. Register it with the host's service collection.")]
    public async Task A_class_that_lacks_a_service_is_an_error_of_the_configuration(string callable, string message) =>
        Assert.Equal(message, (await Assert.ThrowsAsync<ConfigurationException>(() => _shop.Run(callable))).Message);
}
