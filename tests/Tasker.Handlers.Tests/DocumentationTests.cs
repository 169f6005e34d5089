using System.Text.RegularExpressions;
using Tasker.Testing;

namespace Tasker.Examples;

/// <summary>What <c>docs/handlers.md</c> shows is what these tests compile and run.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Root = FindRoot();
    private static readonly string Page = Read("docs/handlers.md");

    [Fact]
    public void Every_example_is_on_the_page_word_for_word()
    {
        var shown = Example().Matches(Page).ToDictionary(match => match.Groups["file"].Value, match => match.Groups["text"].Value);
        var files = Directory.GetFiles(Path.Combine(Root, "tests/Tasker.Handlers.Tests/Examples")).Select(file => Path.GetFileName(file)!).ToList();

        Assert.Equal(files.Order(), shown.Keys.Order());
        Assert.All(files, file => Assert.Equal(Read("tests/Tasker.Handlers.Tests/Examples/" + file), shown[file]));
    }

    [Fact]
    public async Task The_table_of_errors_is_what_the_worker_does()
    {
        var table = Page[Page.IndexOf("<!-- errors -->", StringComparison.Ordinal)..];
        var rows = Row().Matches(table[..table.IndexOf("\n\n", StringComparison.Ordinal)]);
        await using var host = new StepTestHost(tasker => tasker.AddRegistry(new Throwing()));

        var actual = new List<string>();
        foreach (var (name, exception) in Throwing.Exceptions)
        {
            var failure = (await host.Handler("throw").WithInputJson($$"""{"name":"{{name}}"}""").RunAsync(TestContext.Current.CancellationToken)).Failed();
            actual.Add($"{name} {failure.ErrorType} {(failure.Retryable ? "yes" : "no")}");
            Assert.Equal("m", failure.Message);
            Assert.NotNull(exception);
        }

        Assert.Equal(rows.Select(row => $"{row.Groups["name"].Value} {row.Groups["type"].Value} {row.Groups["retried"].Value}").Order(), actual.Order());
    }

    [Fact]
    public void Every_exception_of_the_family_is_in_the_table() =>
        Assert.Empty(typeof(StepException).Assembly.GetExportedTypes()
            .Where(type => type.IsSubclassOf(typeof(StepException)) && type != typeof(ApiException))
            .Select(type => type.Name)
            .Except(Throwing.Exceptions.Keys));

    private static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Tasker.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }

    [GeneratedRegex("""<!-- example: (?<file>\S+) -->\n```\w+\n(?<text>.*?)```\n""", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex(@"(?m)^\| (?:`(?<name>\w+)`|(?<name>any other)) \| `(?<type>\w+)` \| (?<retried>yes|no) \|$")]
    private static partial Regex Row();

    private sealed class Throwing : Handlers.HandlerRegistry
    {
        public static Dictionary<string, Exception> Exceptions { get; } = new()
        {
            ["PermanentException"] = new PermanentException("m"),
            ["ValidationException"] = new ValidationException("m"),
            ["NotFoundException"] = new NotFoundException("m"),
            ["AuthenticationException"] = new AuthenticationException("m"),
            ["AuthorizationException"] = new AuthorizationException("m"),
            ["ConfigurationException"] = new ConfigurationException("m"),
            ["BusinessRuleException"] = new BusinessRuleException("m"),
            ["DatabaseException"] = new DatabaseException("m"),
            ["NotImplementedException"] = new NotImplementedException("m"),
            ["NotSupportedException"] = new NotSupportedException("m"),
            ["RetryableException"] = new RetryableException("m"),
            ["StepTimeoutException"] = new StepTimeoutException("m"),
            ["NetworkException"] = new NetworkException("m"),
            ["RateLimitedException"] = new RateLimitedException("m"),
            ["ServiceUnavailableException"] = new ServiceUnavailableException("m"),
            ["ResourceContentionException"] = new ResourceContentionException("m"),
            ["TimeoutException"] = new TimeoutException("m"),
            ["HttpRequestException"] = new HttpRequestException("m"),
            ["any other"] = new InvalidOperationException("m"),
        };

        public override System.Collections.Immutable.ImmutableArray<Handlers.HandlerAdapter> Handlers => [new Thrower()];

        public override System.Collections.Immutable.ImmutableArray<Templates.TaskTemplate> Templates => [];

        private sealed class Thrower() : Handlers.HandlerAdapter("throw", null, Tasker.Handlers.HandlerKind.Step, needsScope: false)
        {
            public override ValueTask InvokeAsync(StepContext context, StepOutcome outcome) =>
                throw Exceptions[context.Inputs.GetProperty("name").GetString()!];
        }
    }
}
