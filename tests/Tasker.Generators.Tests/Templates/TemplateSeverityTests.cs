using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Templates;

/// <summary>How severe a rule is whose place is a YAML file: a <c>.globalconfig</c> decides, and <c>NoWarn</c> and its kin.</summary>
public sealed class TemplateSeverityTests
{
    private const string UnknownKey = "name: flow\nnamespace_name: n\nversion: 1.0.0\ncolour: red\nsteps:\n  - { name: first, handler: { callable: a } }\n";

    [Theory]
    [InlineData(ReportDiagnostic.Error, DiagnosticSeverity.Error)]
    [InlineData(ReportDiagnostic.Info, DiagnosticSeverity.Info)]
    [InlineData(ReportDiagnostic.Suppress, null)]
    public void A_globalconfig_decides(ReportDiagnostic configured, DiagnosticSeverity? expected) =>
        AssertSeverity(expected, options => options.WithSyntaxTreeOptionsProvider(new Severities(global: new() { [RuleIds.UnknownKey] = configured })));

    [Theory]
    [InlineData(ReportDiagnostic.Error, DiagnosticSeverity.Error)]
    [InlineData(ReportDiagnostic.Suppress, null)]
    public void A_project_s_settings_decide(ReportDiagnostic configured, DiagnosticSeverity? expected) =>
        AssertSeverity(expected, options => options.WithSpecificDiagnosticOptions([new(RuleIds.UnknownKey, configured)]));

    [Fact]
    public void Without_either_it_is_the_rule_s_own() => AssertSeverity(DiagnosticSeverity.Warning, options => options);

    private static void AssertSeverity(DiagnosticSeverity? expected, Func<CSharpCompilationOptions, CSharpCompilationOptions> configure)
    {
        var host = new GeneratorHost("", ("flow.workflow.yaml", UnknownKey));
        host.Change(compilation => compilation.WithOptions(configure(compilation.Options)));

        Assert.Equal(expected is null ? [] : [expected.Value], host.Run().Diagnostics.Select(diagnostic => diagnostic.Severity));
    }
}
