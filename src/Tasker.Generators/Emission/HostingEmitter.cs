using System.Globalization;
using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Emission;

/// <summary>
/// Writes the methods that register an assembly's handlers with a host. They are there whatever else is wrong, so that one mistake does not
/// drown in errors about a missing method.
/// </summary>
internal static class HostingEmitter
{
    public static SourceText Emit(HostingModel hosting)
    {
        var useWarnings = EquatableArray<string>.Empty;
        foreach (var service in hosting.Services)
            useWarnings = UseWarnings.Union(useWarnings, service.UseWarnings);
        using var writer = GeneratedFile.Begin(useWarnings, isPublic: true);
        var builder = KnownNames.Global(KnownNames.TaskerBuilder);
        var assembly = Identifiers.Documentation(hosting.Facts.Name);
        var method = $"Add{hosting.Facts.Identifier}Handlers";

        writer.Line("namespace Microsoft.Extensions.DependencyInjection;").Line();
        writer.Line($"/// <summary>Registers the handlers and templates of {assembly}.</summary>");
        GeneratedFile.Marker(writer);
        GeneratedFile.Plumbing(writer);
        using (writer.Block($"public static class {hosting.Facts.Identifier}TaskerBuilderExtensions"))
        {
            writer.Line($"/// <summary>Registers the handlers and templates of {assembly}.</summary>");
            using (writer.Block($"public static {builder} {method}(this {builder} builder)"))
            {
                writer.Line("global::System.ArgumentNullException.ThrowIfNull(builder);");
                foreach (var service in hosting.Services)
                    Register(writer, service);
                foreach (var client in hosting.Clients)
                    Declare(writer, client);
                writer.Line($"return builder.AddRegistry(global::Tasker.Generated.{RegistryEmitter.ClassName(hosting.Facts)}.Instance);");
            }
        }

        // Embedded: an assembly that sees the internals of this one has, or will have, such a method of its own.
        writer.Line();
        writer.Line("/// <summary>Registers the handlers and templates of this assembly.</summary>");
        GeneratedFile.Marker(writer);
        GeneratedFile.Plumbing(writer);
        writer.Line("[global::Microsoft.CodeAnalysis.Embedded]");
        using (writer.Block($"internal static class {hosting.Facts.Identifier}TaskerBuilderHandlers"))
        {
            writer.Line("/// <summary>Registers the handlers and templates of this assembly.</summary>");
            writer.Line($"public static {builder} AddHandlers(this {builder} builder) => builder.{method}();");
        }

        return writer.ToSourceText();
    }

    private static void Declare(IndentedWriter writer, ApiClientModel client) => writer.Line(
        $"{KnownNames.Global(KnownNames.ApiClientBuilderExtensions)}.DeclareApiClient(builder, {Identifiers.Literal(client.Callable)}, " +
        $"{Identifiers.Literal(client.BaseAddress)}, timeoutSeconds: {client.CallTimeoutSeconds.ToString(CultureInfo.InvariantCulture)});");

    private static void Register(IndentedWriter writer, InstanceModel service)
    {
        writer.Line($"global::Microsoft.Extensions.DependencyInjection.Extensions.ServiceCollectionDescriptorExtensions.TryAddScoped<{service.Type}>(");
        using (writer.Indented())
        {
            writer.Line("builder.Services,");
            if (service.Arguments.IsEmpty)
            {
                writer.Line($"static services => new {service.Type}());");
                return;
            }

            writer.Line($"static services => new {service.Type}(");
            using (writer.Indented())
            {
                for (var i = 0; i < service.Arguments.Count; i++)
                    writer.Line(service.Arguments[i] + (i + 1 < service.Arguments.Count ? "," : "));"));
            }
        }
    }
}
