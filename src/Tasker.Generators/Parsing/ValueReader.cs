using Microsoft.CodeAnalysis;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Json;
using Tasker.Generators.Models;

namespace Tasker.Generators.Parsing;

/// <summary>Reads the types that cross a step boundary and gathers the serializers they need.</summary>
/// <param name="compilation">Where generated code will use them.</param>
/// <param name="cancellationToken">Ends the work.</param>
/// <param name="isImport">Whether it is not this project's code that names them, so that their <see cref="ValueModel.Imports"/> matter.</param>
internal sealed class ValueReader(Compilation compilation, CancellationToken cancellationToken, bool isImport = false)
{
    private readonly SortedDictionary<string, JsonTypeModel> _serializers = new(StringComparer.Ordinal);

    /// <summary>The serializers of all types read so far, ordered by class name.</summary>
    public EquatableArray<JsonTypeModel> Serializers => new List<JsonTypeModel>(_serializers.Values).ToEquatableArray();

    /// <summary>Reads a type, or says why it cannot be written as JSON.</summary>
    public ValueModel? Read(ITypeSymbol type, out string? reason)
    {
        reason = null;
        if (IsGeneratedHere(type))
        {
            reason = $"'{type.ToDisplayString(SymbolExtensions.Message)}' is made by the generator, which cannot see its own output; declare a record of your own";
            return null;
        }

        var imports = isImport ? new SortedSet<string>(StringComparer.Ordinal) : null;
        var result = JsonTypeModelBuilder.Build(type, compilation, cancellationToken, imports);
        reason = result.Unsupported switch
        {
            null => null,
            var unsupported when unsupported.Path == unsupported.TypeName => $"its type is '{unsupported.TypeName}'. {unsupported.Reason}",
            var unsupported => $"'{unsupported.Path}' is of type '{unsupported.TypeName}'. {unsupported.Reason}",
        };
        if (result.Type is null)
            return null;

        foreach (var model in result.Models)
            _serializers[model.ClassName] = model;
        return new ValueModel(result.Type, type.IsVisibleOutside()) { UseWarnings = UseWarnings.Of(type), Imports = [.. imports ?? []] };
    }

    /// <summary>True only for the analyzer: while the generator runs, such a type does not exist yet.</summary>
    private bool IsGeneratedHere(ITypeSymbol type) =>
        SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly)
        && type.FindAttribute("System.CodeDom.Compiler.GeneratedCodeAttribute")?.FirstText() == "Tasker.Generators";
}
