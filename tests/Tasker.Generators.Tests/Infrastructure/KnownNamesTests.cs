using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Tests.Infrastructure;

public sealed class KnownNamesTests
{
    public static TheoryData<string> Names() =>
    [
        .. typeof(KnownNames).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Select(field => (string)field.GetRawConstantValue()!)
            .Where(name => name is not (KnownNames.ContractsAssembly or KnownNames.RuntimeAssembly)),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_name_is_that_of_a_type(string name)
    {
        var isOfRuntime = name is KnownNames.TaskerBuilder or KnownNames.ApiClient or KnownNames.ApiBinding or KnownNames.ApiClientBuilderExtensions;
        var assembly = isOfRuntime ? typeof(Hosting.TaskerBuilder).Assembly
            : name == KnownNames.FromKeyedServicesAttribute ? typeof(FromKeyedServicesAttribute).Assembly
            : typeof(StepContext).Assembly;

        Assert.NotNull(assembly.GetType(name));
    }

    [Fact]
    public void The_contracts_are_in_the_assembly_that_is_looked_for() =>
        Assert.Equal(KnownNames.ContractsAssembly, typeof(StepContext).Assembly.GetName().Name);

    [Fact]
    public void The_builder_is_in_the_assembly_that_is_looked_for() =>
        Assert.Equal(KnownNames.RuntimeAssembly, typeof(Hosting.TaskerBuilder).Assembly.GetName().Name);

    [Fact]
    public void The_kinds_of_handlers_are_those_of_the_contracts() =>
        Assert.Equal(Enum.GetNames<Handlers.HandlerKind>(), Enum.GetNames<HandlerKind>());

    [Theory]
    [InlineData("process_csv_batch", "ProcessCsvBatch")]
    [InlineData("a-b.c d", "ABCD")]
    [InlineData("1st", "_1st")]
    [InlineData("", "_")]
    [InlineData("größe", "Größe")]
    public void Names_become_identifiers(string name, string identifier) => Assert.Equal(identifier, Identifiers.ToPascalCase(name));

    [Theory]
    [InlineData("Acme.Orders-Api", "Acme.Orders_Api")]
    [InlineData("a..1b", "a._1b")]
    [InlineData("my.class", "my.@class")]
    public void Assembly_names_become_namespaces(string name, string @namespace) => Assert.Equal(@namespace, Identifiers.ToNamespace(name));

    [Theory]
    [InlineData("validat_request", "validate_request")]
    [InlineData("vaildate_request", "validate_request")]
    [InlineData("retires", "retries")]
    [InlineData("completely_else", null)]
    public void The_nearest_name_is_found(string name, string? nearest) =>
        Assert.Equal(nearest, NearestName.Find(name, ["validate_request", "retries", "x"]));
}
