using Microsoft.CodeAnalysis;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Json;
using Tasker.Generators.Models;

namespace Tasker.Generators.Parsing;

/// <summary>Decides where one parameter of a handler gets its value from.</summary>
internal sealed class ParameterParser(IParameterSymbol parameter, string handler, ValueReader values, ProblemReport? report)
{
    private const string Remedy = "add [FromInput], [FromStep], [FromConfig] or [FromServices]";

    private readonly ITypeSymbol _type = parameter.Type;

    /// <returns>The parameter, or <see langword="null"/> when it cannot be bound.</returns>
    public ParameterModel? Parse()
    {
        if (parameter.RefKind is RefKind.Ref or RefKind.Out or RefKind.RefReadOnlyParameter)
            return Unbound("a ref or out parameter has no value to start from; take it by value");
        if (_type.IsRefLikeType || _type.TypeKind is TypeKind.Pointer or TypeKind.FunctionPointer)
            return Unbound($"'{Display(_type)}' cannot leave the stack; take an array, a record or a simple type");

        // A type that does not exist (yet) is the compiler's error.
        if (_type.TypeKind is TypeKind.Error)
            return null;
        if (ByAttribute(out var model))
            return model;
        var byType = ByType();
        return ReferenceEquals(byType, Unsupported) ? null : byType ?? WholeInput();
    }

    private bool ByAttribute(out ParameterModel? model)
    {
        model = null;
        var found = default(AttributeData);
        var source = default(ParameterSource);
        foreach (var (name, candidate) in ((string, ParameterSource)[])
            [
                (KnownNames.FromInputAttribute, ParameterSource.Input),
                (KnownNames.FromStepAttribute, ParameterSource.Step),
                (KnownNames.FromConfigAttribute, ParameterSource.Config),
                (KnownNames.FromServicesAttribute, ParameterSource.Service),
                (KnownNames.FromKeyedServicesAttribute, ParameterSource.KeyedService),
            ])
        {
            if (parameter.FindAttribute(name) is not { } attribute)
                continue;
            if (found is not null)
            {
                Unbound("it has two binding attributes; keep one of them");
                return true;
            }

            (found, source) = (attribute, candidate);
        }

        if (found is null)
            return false;
        if (found.ConstructorArguments is [{ Kind: TypedConstantKind.Error }])
            return true;
        if (source is ParameterSource.Service)
        {
            model = Service();
            return true;
        }

        if (source is ParameterSource.KeyedService)
        {
            model = ServiceKey.Express(found) is { } key ? KeyedService(key) : Unbound(ServiceKey.Unusable);
            return true;
        }

        var binding = found.FirstText() ?? SnakeCase.Convert(parameter.Name);
        model = source is ParameterSource.Step && _type.Is(KnownNames.BatchResultsOfT)
            ? Carried(ParameterSource.Batches, binding)
            : Bound(source, binding);
        return true;
    }

    private ParameterModel? ByType()
    {
        ParameterSource? source =
            _type.Is(KnownNames.StepContext) ? ParameterSource.StepContext
            : _type.Is(KnownNames.BatchContext) ? ParameterSource.BatchContext
            : _type.Is(KnownNames.ApiClient) ? ParameterSource.ApiClient
            : _type.Is("System.Threading.CancellationToken") ? ParameterSource.CancellationToken
            : _type.Is("System.IServiceProvider") ? ParameterSource.ServiceProvider
            : null;
        if (source is not null)
            return new ParameterModel(parameter.Name, source.Value, "", Value: null, Service: null, Default: null);
        if (_type.Is(KnownNames.BatchContextOfT))
            return Carried(ParameterSource.TypedBatchContext, "") ?? Unsupported;
        if (_type.Is(KnownNames.JsonCodecOfT))
            return Carried(ParameterSource.Codec, "") ?? Unsupported;
        return _type.Is(KnownNames.BatchResultsOfT) ? Carried(ParameterSource.Batches, "") ?? Unsupported : null;
    }

    /// <summary>Marks that a problem has been reported, so that no other binding is tried.</summary>
    private static readonly ParameterModel Unsupported = new("", default, "", Value: null, Service: null, Default: null);

    private ParameterModel? WholeInput()
    {
        if (_type.TypeKind is TypeKind.Interface or TypeKind.Delegate || _type.IsAbstract)
            return Unbound($"'{Display(_type)}' is no data type; add [FromServices] when it is a service");
        if (values.Read(_type, out var reason) is not { } value)
            return Unbound($"it has no binding attribute and {reason!.TrimEnd('.')}; {Remedy}");
        return value.Type.IsObject || value.IsElement
            ? new ParameterModel(parameter.Name, ParameterSource.WholeInput, "", value, Service: null, Default: null)
            : Unbound($"'{Display(_type)}' is not a whole task context; {Remedy}");
    }

    private ParameterModel? Bound(ParameterSource source, string binding) =>
        Read(_type) is { } value ? new ParameterModel(parameter.Name, source, binding, value, Service: null, Default()) : null;

    /// <summary>Binds a generic type of Tasker's by its argument.</summary>
    private ParameterModel? Carried(ParameterSource source, string binding) =>
        Read(((INamedTypeSymbol)_type).TypeArguments[0]) is { } value
            ? new ParameterModel(parameter.Name, source, binding, value, Service: null, Default: null)
            : null;

    private ParameterModel Service() =>
        _type.Is("System.IServiceProvider")
            ? new ParameterModel(parameter.Name, ParameterSource.ServiceProvider, "", Value: null, Service: null, Default: null)
            : new ParameterModel(parameter.Name, ParameterSource.Service, "", Value: null, _type.ToSource(), Default());

    private ParameterModel KeyedService(string key) =>
        new(parameter.Name, ParameterSource.KeyedService, key, Value: null, _type.ToSource(), Default());

    private ValueModel? Read(ITypeSymbol type)
    {
        if (values.Read(type, out var reason) is { } value)
            return value;
        if (type.TypeKind is not TypeKind.Error)
            report?.Invoke(Rules.UnsupportedType, Place, $"The parameter '{parameter.Name}'", handler, reason!);
        return null;
    }

    /// <summary>The value of an optional parameter as an expression; with <c>[Optional]</c> alone it is the default of its type, as for a caller in C#.</summary>
    private string? Default()
    {
        if (parameter.HasExplicitDefaultValue)
            return ConstantExpression.OfDefault(parameter);
        return IsNullable || parameter.IsOptional ? ConstantExpression.Of(_type, value: null) : null;
    }

    private bool IsNullable =>
        parameter.NullableAnnotation is NullableAnnotation.Annotated || _type.OriginalDefinition.SpecialType is SpecialType.System_Nullable_T;

    private ParameterModel? Unbound(string reason)
    {
        report?.Invoke(Rules.UnboundParameter, Place, parameter.Name, handler, reason);
        return null;
    }

    private Location? Place => parameter.Locations.Length > 0 ? parameter.Locations[0] : null;

    private static string Display(ITypeSymbol type) => type.ToDisplayString(SymbolExtensions.Message);
}
