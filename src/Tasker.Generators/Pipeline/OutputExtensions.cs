using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;
using Tasker.Generators.Templates;

namespace Tasker.Generators.Pipeline;

/// <summary>Writes generated files. A failure of the generator is a diagnostic of its own and costs one file, not all of them.</summary>
internal static class OutputExtensions
{
    public static void Emit<T>(this SourceProductionContext context, string file, string subject, T model, Func<T, SourceText> emit)
    {
        context.CancellationToken.ThrowIfCancellationRequested();
        try
        {
            context.AddSource(GeneratedFileName.Fit(file), emit(model));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            context.Report(GeneratorFailure.Of(subject, exception));
        }
    }

    public static void Report(this SourceProductionContext context, GeneratorFailure failure) =>
        context.ReportDiagnostic(Diagnostic.Create(Rules.InternalError, Location.None, failure.Subject, failure.Message));

    public static void Report(this SourceProductionContext context, TemplateIssue issue)
    {
        var arguments = new object[issue.Arguments.Count];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = issue.Arguments[i];
        context.ReportDiagnostic(Diagnostic.Create(Rules.Get(issue.RuleId), issue.Range.In(issue.Path), arguments));
    }
}
