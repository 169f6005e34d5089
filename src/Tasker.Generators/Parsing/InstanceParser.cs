using Microsoft.CodeAnalysis;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Parsing;

/// <summary>Decides how the object of an instance method is made, without reflection.</summary>
internal static class InstanceParser
{
    private const string Services = "global::Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions";

    public static InstanceModel? Parse(IMethodSymbol method, string handler, ProblemReport? report)
    {
        var type = method.ContainingType;
        var reason = Explain(type);
        var constructor = reason is null ? Choose(type) : null;
        if (constructor is null)
        {
            report?.Invoke(
                Rules.UnconstructibleHandlerClass,
                method.Locations.Length > 0 ? method.Locations[0] : null,
                handler,
                type.ToDisplayString(SymbolExtensions.Message),
                reason ?? "it has no constructor that generated code can reach");
            return null;
        }

        var arguments = new List<string>();
        foreach (var parameter in constructor.Parameters)
        {
            if (Argument(type, parameter) is { } argument)
                arguments.Add(argument);
        }

        return new InstanceModel(type.ToSource(), arguments.Count > 0 || IsDisposable(type), arguments.ToEquatableArray())
        {
            UseWarnings = UseWarnings.OfCall(constructor),
        };
    }

    private static string? Explain(INamedTypeSymbol type)
    {
        if (type.TypeKind is not TypeKind.Class)
            return "it is not a class";
        if (type.IsAbstract)
            return "it is abstract";
        for (var current = type; current is not null; current = current.BaseType)
        {
            foreach (var member in current.GetMembers())
            {
                if (member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true })
                    return $"its member '{member.Name}' is required";
            }
        }

        return null;
    }

    /// <summary>The constructor that asks for most; the one a record copies itself with is not meant.</summary>
    private static IMethodSymbol? Choose(INamedTypeSymbol type)
    {
        var best = default(IMethodSymbol);
        foreach (var constructor in type.InstanceConstructors)
        {
            if (constructor.FindUnreachable() is not null || constructor.IsForbidden() || !CanPass(constructor, type))
                continue;
            if (best is null || constructor.Parameters.Length > best.Parameters.Length)
                best = constructor;
        }

        return best;
    }

    private static bool CanPass(IMethodSymbol constructor, INamedTypeSymbol type)
    {
        foreach (var parameter in constructor.Parameters)
        {
            if (parameter.RefKind is RefKind.Ref or RefKind.Out
                || parameter.Type.IsRefLikeType
                || parameter.Type.TypeKind is TypeKind.Pointer or TypeKind.FunctionPointer or TypeKind.Error
                || (type.IsRecord && SymbolEqualityComparer.Default.Equals(parameter.Type, type))
                || (parameter.FindAttribute(KnownNames.FromKeyedServicesAttribute) is { } keyed && ServiceKey.Express(keyed) is null))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The argument, or <see langword="null"/> when the constructor's own default stands.</summary>
    private static string? Argument(INamedTypeSymbol handler, IParameterSymbol parameter)
    {
        var type = parameter.Type.ToSource();
        var name = Identifiers.Escape(parameter.Name);
        var key = parameter.FindAttribute(KnownNames.FromKeyedServicesAttribute) is { } keyed ? ServiceKey.Express(keyed) : null;
        if (key is null && parameter.Type.Is("System.IServiceProvider"))
            return $"{name}: services";
        if (parameter.IsOptional && (!parameter.Type.IsReferenceType || parameter is { HasExplicitDefaultValue: true, ExplicitDefaultValue: not null }))
            return null;
        var isOptional = parameter.IsOptional || (parameter.NullableAnnotation is NullableAnnotation.Annotated && parameter.Type.IsReferenceType);
        var required = $"{KnownNames.Global(KnownNames.HandlerServices)}.Required";
        return (key, isOptional) switch
        {
            ({ }, true) => $"{name}: {KeyedServices.Get(type, "services", key)}!",
            ({ }, false) => $"{name}: {required}Keyed<{handler.ToSource()}, {type}>({key}, {KeyedServices.Get(type, "services", key)})",
            (null, true) => $"{name}: {Services}.GetService<{type}>(services)!",
            (null, false) => $"{name}: {required}<{handler.ToSource()}, {type}>(services)",
        };
    }

    private static bool IsDisposable(INamedTypeSymbol type)
    {
        foreach (var contract in type.AllInterfaces)
        {
            if (contract.SpecialType is SpecialType.System_IDisposable || contract.Is("System.IAsyncDisposable"))
                return true;
        }

        return false;
    }
}
