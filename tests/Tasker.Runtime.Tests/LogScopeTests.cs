using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tasker.Work;

namespace Tasker.Tests;

public sealed class LogScopeTests
{
    [Fact]
    public async Task What_a_handler_logs_carries_its_task_step_attempt_and_correlation()
    {
        var token = TestContext.Current.CancellationToken;
        var source = new QueueWorkSource();
        var logged = new ScopedLines();
        ClaimedStep? step = null;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(logged);
        builder.Services.AddSingleton<IWorkSource>(source);
        builder.Services.AddTasker().AddRegistry(new TestRegistry(new TestHandler("log", async (context, outcome) =>
        {
            await Task.Yield();
            step = context.Step;
            context.Services.GetRequiredService<ILoggerFactory>().CreateLogger("mine").Log(LogLevel.Information, default, 0, null, static (_, _) => "hello");
            outcome.SetNothing();
        })));
        using var host = builder.Build();
        await host.StartAsync(token);

        await source.Run("log");
        await host.StopAsync(token);

        var line = Assert.Single(logged.Lines, line => line.EndsWith("hello", StringComparison.Ordinal));
        Assert.Equal($"TaskId={step!.TaskId} StepId={step.StepId} Step=log Attempt=1 CorrelationId={step.CorrelationId} | hello", line);
        Assert.All(logged.Lines.Where(other => other.Contains("Worker stopped", StringComparison.Ordinal)), other => Assert.StartsWith(" | ", other, StringComparison.Ordinal));
    }

    private sealed class ScopedLines : ILoggerProvider, ILogger, ISupportExternalScope
    {
        private IExternalScopeProvider? _scopes;

        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var facts = new List<string>();
            _scopes!.ForEachScope(
                static (scope, facts) =>
                {
                    if (scope is IEnumerable<KeyValuePair<string, object?>> members)
                        facts.AddRange(members.Select(member => $"{member.Key}={member.Value}"));
                },
                facts);
            Lines.Enqueue($"{string.Join(' ', facts)} | {formatter(state, exception)}");
        }

        public void Dispose()
        {
        }
    }
}
