using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tasker.Benchmarks.Compiler;

/// <summary>What any generator pays that asks Roslyn for methods with an attribute: no model, no output.</summary>
internal sealed class AttributeFloor : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var methods = context.SyntaxProvider.ForAttributeWithMetadataName(
            "Tasker.StepHandlerAttribute",
            static (node, _) => node is MethodDeclarationSyntax,
            static (_, _) => 0);
        context.RegisterSourceOutput(methods.Collect(), static (_, _) => { });
    }
}

/// <summary>What a generator pays that only looks at syntax: never enough to know a type.</summary>
internal sealed class SyntaxFloor : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var methods = context.SyntaxProvider.CreateSyntaxProvider(
            static (node, _) => node is MethodDeclarationSyntax { AttributeLists.Count: > 0 },
            static (_, _) => 0);
        context.RegisterSourceOutput(methods.Collect(), static (_, _) => { });
    }
}
