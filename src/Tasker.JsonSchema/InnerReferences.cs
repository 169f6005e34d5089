using NJsonSchema;
using NJsonSchema.References;

namespace Tasker;

/// <summary>Follows references within a schema, and none to another file or machine: what a task may hold must not depend on what is found there.</summary>
internal sealed class InnerReferences(JsonSchema root) : JsonReferenceResolver(new JsonSchemaAppender(root, new DefaultTypeNameGenerator()))
{
    public override Task<IJsonReference> ResolveFileReferenceAsync(string filePath, CancellationToken cancellationToken = default) => throw Outside(filePath);

    public override Task<IJsonReference> ResolveUrlReferenceAsync(string url, CancellationToken cancellationToken = default) => throw Outside(url);

    private static NotSupportedException Outside(string reference) =>
        new($"It refers to '{reference}', which is outside of it. Copy that into its $defs.");
}
