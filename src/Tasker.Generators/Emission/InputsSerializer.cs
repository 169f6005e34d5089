using Tasker.Generators.Infrastructure;
using Tasker.Generators.Json;
using Tasker.Generators.Models;

namespace Tasker.Generators.Emission;

internal static class InputsSerializer
{
    public static string CodecExpression(TemplateSource source) => "";
    public static List<(string Name, InputModel Input, TypeRef Type)> Members(EquatableArray<InputModel> inputs) => [];
}
