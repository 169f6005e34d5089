using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Tasker.Handlers;
using Tasker.Work;
using Tasker.Worker;

namespace Tasker.Tests;

public sealed class StepWorkerTests : IAsyncDisposable
{
    private readonly QueueWorkSource _source = new();
    private readonly FakeTimeProvider _time = new();
    private IHost? _host;

    [Fact]
    public async Task A_handlers_outcome_is_reported()
    {
        await StartAsync(Value("double", 42));

        var report = await _source.Run("double");

        Assert.Equal((StepOutcomeKind.Value, """{"result":42}"""), (report.Kind, report.Result));
    }

    [Fact]
    public async Task An_unknown_callable_is_a_final_failure_that_names_it()
    {
        await StartAsync(Value("known", 1));

        var failure = (await _source.Run("unknown")).Failure!;

        Assert.StartsWith("Handler not found: unknown", failure.Message, StringComparison.Ordinal);
        Assert.Equal(("handler_not_found", false), (failure.ErrorType, failure.Retryable));
    }

    [Fact]
    public async Task A_method_picks_between_handlers_of_one_callable()
    {
        await StartAsync(Value("pay", 1), Value("pay", 2, method: "refund"));

        Assert.Equal("""{"result":1}""", (await _source.Run("pay")).Result);
        Assert.Equal("""{"result":1}""", (await _source.Run("pay", "call")).Result);
        Assert.Equal("""{"result":2}""", (await _source.Run("pay", "refund")).Result);
        Assert.Equal("handler_not_found", (await _source.Run("pay", "void")).Failure!.ErrorType);
    }

    [Fact]
    public async Task The_handler_of_a_template_step_with_a_number_is_looked_up_once()
    {
        await StartAsync(Value("double", 42), Value("other", 1));
        _source.DefinitionNumber = 3;
        await _source.Run("double");
        _source.DefinitionNumber = 70;
        await _source.Run("other");

        // By its name it would not be found.
        Assert.Equal("""{"result":1}""", (await _source.Run("unknown")).Result);
        _source.DefinitionNumber = 3;
        Assert.Equal("""{"result":42}""", (await _source.Run("unknown")).Result);
        _source.DefinitionNumber = 4;
        Assert.Equal("handler_not_found", (await _source.Run("unknown")).Failure!.ErrorType);
    }

    public static TheoryData<Exception, string, bool> Exceptions => new()
    {
        { new PermanentException("m"), "permanent_error", false },
        { new ValidationException("m"), "validation_error", false },
        { new NotFoundException("m"), "not_found", false },
        { new AuthenticationException("m"), "authentication_error", false },
        { new AuthorizationException("m"), "authorization_error", false },
        { new ConfigurationException("m"), "configuration_error", false },
        { new BusinessRuleException("m"), "business_logic_error", false },
        { new DatabaseException("m"), "database_error", false },
        { new RetryableException("m"), "retryable_error", true },
        { new NetworkException("m"), "network_error", true },
        { new RateLimitedException("m"), "rate_limited", true },
        { new ServiceUnavailableException("m"), "service_unavailable", true },
        { new ResourceContentionException("m"), "resource_contention", true },
        { new StepTimeoutException("m"), "timeout", true },
        { new TimeoutException("m"), "timeout", true },
        { new HttpRequestException("m"), "network_error", true },
        { new NotSupportedException("m"), "permanent_error", false },
        { new InvalidOperationException("m"), "handler_error", true },
        { new OperationCanceledException("m"), "handler_error", true },
    };

    [Theory]
    [MemberData(nameof(Exceptions), DisableDiscoveryEnumeration = true)]
    public async Task An_exception_is_classified_by_its_type_thrown_at_once_or_later(Exception exception, string type, bool retryable)
    {
        await StartAsync(
            new TestHandler("sync", (_, _) => throw exception),
            new TestHandler("async", async (_, _) =>
            {
                await Task.Yield();
                throw exception;
            }));

        foreach (var callable in new[] { "sync", "async" })
        {
            var failure = (await _source.Run(callable)).Failure!;

            Assert.Equal(("m", type, retryable), (failure.Message, failure.ErrorType, failure.Retryable));
            Assert.NotEmpty(failure.Backtrace);
        }
    }

    [Fact]
    public async Task What_an_exception_carries_is_reported()
    {
        await StartAsync(new TestHandler("limited", (_, _) =>
            throw new RateLimitedException("slow down", TimeSpan.FromSeconds(9)) { StatusCode = 429, ErrorCode = "RL" }));

        var failure = (await _source.Run("limited")).Failure!;

        Assert.Equal((TimeSpan.FromSeconds(9), 429, "RL"), (failure.RetryAfter, failure.StatusCode, failure.ErrorCode));
    }

    [Fact]
    public async Task A_hosts_classifier_comes_before_the_table()
    {
        await StartAsync(
            builder => builder.AddErrorClassifier(new DivisionIsPermanent()),
            new TestHandler("divide", (_, _) => throw new DivideByZeroException("zero")),
            new TestHandler("other", (_, _) => throw new InvalidOperationException("other")));

        Assert.Equal("division", (await _source.Run("divide")).Failure!.ErrorType);
        Assert.Equal("handler_error", (await _source.Run("other")).Failure!.ErrorType);
    }

    [Fact]
    public async Task A_handlers_own_classifier_comes_before_the_hosts()
    {
        await StartAsync(
            builder => builder
                .AddErrorClassifier(exception => exception is DivideByZeroException ? StepResult.Failure("host", retryable: true, "host") : null)
                .AddErrorClassifier("divide", exception => exception.Message == "mine" ? StepResult.Failure("own", retryable: false, "own") : null),
            new TestHandler("divide", (context, _) => throw new DivideByZeroException(context.RetryCount == 0 ? "mine" : "not mine")),
            new TestHandler("other", (_, _) => throw new DivideByZeroException("mine")));

        var own = (await _source.Run("divide")).Failure!;

        Assert.Equal(("own", false), (own.ErrorType, own.Retryable));
        Assert.NotEmpty(own.Backtrace);
        Assert.Equal("host", (await _source.Run("other")).Failure!.ErrorType);
    }

    [Fact]
    public async Task A_classifier_that_fails_is_noted_and_the_table_decides()
    {
        await StartAsync(
            builder => builder.AddErrorClassifier(_ => throw new InvalidOperationException("the classifier is broken")),
            new TestHandler("late", (_, _) => throw new TimeoutException("too late")));

        var failure = (await _source.Run("late")).Failure!;

        Assert.Equal(("timeout", true, "too late"), (failure.ErrorType, failure.Retryable, failure.Message));
        Assert.Equal("the classifier is broken", failure.Metadata!["classifier_error"]);
    }

    [Fact]
    public async Task An_exception_keeps_all_that_it_says()
    {
        await StartAsync(new TestHandler("full", (_, _) => throw new RetryableException("m", TimeSpan.FromSeconds(7))
        {
            ErrorCode = "E7",
            StatusCode = 503,
            Context = new Dictionary<string, string> { ["id"] = "5" },
            Metadata = new Dictionary<string, string> { ["rows"] = "12" },
        }));

        var failure = (await _source.Run("full")).Failure!;

        Assert.Equal(("E7", 503, TimeSpan.FromSeconds(7), "5", "12"), (failure.ErrorCode, failure.StatusCode, failure.RetryAfter, failure.Context!["id"], failure.Metadata!["rows"]));
        Assert.Contains("StepWorkerTests", failure.Backtrace[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_exception_that_has_no_message_or_trace_or_fails_to_say_it_fails_its_step_all_the_same(bool isBroken)
    {
        await StartAsync(
            builder => builder
                .AddErrorClassifier("classified", _ => throw new Silent(isBroken))
                .AddErrorClassifier("named", _ => StepResult.Failure("named", retryable: true, "own")),
            new TestHandler("silent", (_, _) => throw new Silent(isBroken)),
            new TestHandler("later", async (_, _) =>
            {
                await Task.Yield();
                throw new Silent(isBroken);
            }),
            new TestHandler("scoped", (_, _) => throw new Silent(isBroken), needsScope: true),
            new TestHandler("named", (_, _) => throw new Silent(isBroken)),
            new TestHandler("classified", (_, _) => throw new TimeoutException("too late")));

        foreach (var callable in new[] { "silent", "later", "scoped" })
        {
            var failure = (await _source.Run(callable)).Failure!;

            Assert.Equal(("handler_error", nameof(Silent)), (failure.ErrorType, failure.Message));
            Assert.Empty(failure.Backtrace);
        }

        var classified = (await _source.Run("classified")).Failure!;
        Assert.Equal(("too late", nameof(Silent)), (classified.Message, classified.Metadata!["classifier_error"]));
        var named = (await _source.Run("named")).Failure!;
        Assert.Equal(("named", "own", null), (named.Message, named.ErrorType, named.Metadata));
    }

    /// <summary>They are written down later, by the work source, where it is too late to fail.</summary>
    [Fact]
    public async Task Facts_that_cannot_be_read_are_left_out_and_others_are_kept_as_they_are()
    {
        var facts = new Dictionary<string, string> { ["rows"] = "12" };
        await StartAsync(
            builder => builder.AddErrorClassifier("classified", _ => StepResult.Failure("own", retryable: true, "own") with { Context = new Unreadable() }),
            new TestHandler("full", (_, _) => throw new PermanentException("m") { Context = new Unreadable(), Metadata = facts }),
            new TestHandler("classified", (_, _) => throw new TimeoutException("too late")));

        var failure = (await _source.Run("full")).Failure!;
        facts["rows"] = "13";
        var classified = (await _source.Run("classified")).Failure!;

        Assert.Equal(("m", null, "12"), (failure.Message, failure.Context, failure.Metadata!["rows"]));
        Assert.Equal(("too late", null, "These facts cannot be read."), (classified.Message, classified.Context, classified.Metadata!["classifier_error"]));
    }

    [Fact]
    public async Task A_failing_handler_never_takes_the_worker_down()
    {
        await StartAsync(new TestHandler("broken", (_, _) => throw new InvalidOperationException("no")), Value("fine", 1));

        for (var i = 0; i < 50; i++)
            Assert.NotNull((await _source.Run("broken")).Failure);

        Assert.Null((await _source.Run("fine")).Failure);
    }

    [Fact]
    public async Task A_failing_work_source_is_asked_again()
    {
        var failed = _source.FailClaims(1);
        await StartAsync(builder => builder.ConfigureWorker(options => options.MaxConcurrency = 1), Value("fine", 1));

        var report = _source.Run("fine");
        await failed;
        await AdvanceUntilAsync(report, TimeSpan.FromSeconds(1));

        Assert.Equal("""{"result":1}""", (await report).Result);
    }

    [Fact]
    public async Task A_placeholder_batch_is_answered_without_the_handler()
    {
        var called = false;
        await StartAsync(new TestHandler(
            "work",
            (_, _) =>
            {
                called = true;
                return ValueTask.CompletedTask;
            },
            kind: HandlerKind.BatchWorker));

        var report = await _source.Run("work", inputs: """{"is_no_op":true}""");

        Assert.Contains("\"no_op\":true", report.Result, StringComparison.Ordinal);
        Assert.False(called);
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_told_to_stop_and_fails_as_retryable()
    {
        var running = new TaskCompletionSource();
        await StartAsync(new TestHandler("slow", async (context, _) =>
        {
            running.SetResult();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }));

        var report = _source.Run("slow", timeout: TimeSpan.FromSeconds(5));
        await running.Task;
        _time.Advance(TimeSpan.FromSeconds(5));

        var failure = (await report).Failure!;
        Assert.Equal(("Handler timed out after 5000ms", "handler_timeout", true), (failure.Message, failure.ErrorType, failure.Retryable));
    }

    [Fact]
    public async Task A_synchronous_handler_that_obeys_its_cancellation_times_out_too()
    {
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await StartAsync(new TestHandler("slow", (context, _) =>
        {
            running.SetResult();
            context.CancellationToken.WaitHandle.WaitOne();
            context.CancellationToken.ThrowIfCancellationRequested();
            return ValueTask.CompletedTask;
        }));

        var report = _source.Run("slow", timeout: TimeSpan.FromSeconds(5));
        await running.Task;
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("handler_timeout", (await report).Failure!.ErrorType);
    }

    [Fact]
    public async Task A_service_that_cannot_be_disposed_fails_its_attempt_and_nothing_else()
    {
        await StartAsync(
            builder => builder.Services.AddScoped<Undisposable>(),
            new TestHandler(
                "scoped",
                (context, outcome) =>
                {
                    Assert.NotNull(context.Services.GetService<Undisposable>());
                    outcome.SetNothing();
                    return ValueTask.CompletedTask;
                },
                needsScope: true),
            Value("fine", 1));

        Assert.Equal("cannot be disposed", (await _source.Run("scoped")).Failure!.Message);
        Assert.Null((await _source.Run("fine")).Failure);
    }

    [Fact]
    public async Task A_handler_that_ignores_its_cancellation_loses_its_slot_and_its_late_result()
    {
        var running = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var late = new TaskCompletionSource();
        await StartAsync(
            builder => builder.ConfigureWorker(options => options.MaxConcurrency = 1),
            new TestHandler("deaf", async (context, outcome) =>
            {
                using var told = context.CancellationToken.Register(() => running.TrySetResult());
                await release.Task;
                outcome.BeginValue().WriteStringValue("late");
                outcome.End();
                late.SetResult();
            }),
            Value("next", 1));

        var report = _source.Run("deaf", timeout: TimeSpan.FromSeconds(5));
        await AdvanceUntilAsync(running.Task, TimeSpan.FromSeconds(5));
        await AdvanceUntilAsync(report, TimeSpan.FromSeconds(5));

        Assert.Equal("handler_timeout", (await report).Failure!.ErrorType);
        release.SetResult();
        await late.Task;
        Assert.Equal("""{"result":1}""", (await _source.Run("next")).Result);
    }

    [Fact]
    public async Task A_cancelled_task_tells_its_handler()
    {
        using var cancelled = new CancellationTokenSource();
        var running = new TaskCompletionSource();
        await StartAsync(new TestHandler("slow", async (context, _) =>
        {
            running.SetResult();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }));

        var report = _source.RunCancellable("slow", cancelled.Token);
        await running.Task;
        await cancelled.CancelAsync();

        Assert.Equal("cancelled", (await report).Failure!.ErrorType);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(60)]
    public async Task A_cancelled_attempt_is_stopped_and_the_slot_goes_on(int? timeoutSeconds)
    {
        var running = new TaskCompletionSource();
        await StartAsync(
            new TestHandler("slow", async (context, _) =>
            {
                running.SetResult();
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
            }),
            new TestHandler("next", (context, outcome) =>
            {
                Assert.False(context.CancellationToken.IsCancellationRequested);
                outcome.BeginValue().WriteNumberValue(1);
                outcome.End();
                return default;
            }));

        var report = _source.Run("slow", timeout: timeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        await running.Task;
        _source.Last.Cancel();

        Assert.Equal("cancelled", (await report).Failure!.ErrorType);
        Assert.Equal("""{"result":1}""", (await _source.Run("next")).Result);
    }

    [Fact]
    public async Task An_attempt_that_was_cancelled_before_it_began_does_not_run()
    {
        var ran = false;
        var handler = new TestHandler("never", (_, _) =>
        {
            ran = true;
            return default;
        });
        var report = _source.Run("never");
        _source.Last.Cancel();

        await StartAsync(handler);

        Assert.Equal("cancelled", (await report).Failure!.ErrorType);
        Assert.False(ran);
    }

    [Fact]
    public async Task A_stopping_worker_lets_handlers_finish()
    {
        var running = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await StartAsync(new TestHandler("slow", async (_, outcome) =>
        {
            running.SetResult();
            await release.Task;
            outcome.SetNothing();
        }));

        var report = _source.Run("slow");
        await running.Task;
        var stopping = _host!.StopAsync(TestContext.Current.CancellationToken);
        Assert.False(report.IsCompleted);
        release.SetResult();
        await stopping;

        Assert.Equal(StepOutcomeKind.Value, (await report).Kind);
    }

    [Fact]
    public async Task A_stopping_worker_hands_back_what_does_not_finish()
    {
        var running = new TaskCompletionSource();
        await StartAsync(new TestHandler("slow", async (context, _) =>
        {
            running.SetResult();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }));

        var report = _source.Run("slow");
        await running.Task;
        var stopping = _host!.StopAsync(TestContext.Current.CancellationToken);
        await AdvanceUntilAsync(stopping, TimeSpan.FromSeconds(20));

        Assert.True((await report).Released);
    }

    /// <summary>A timer, the work source and the host set the handler's token; what it hung on it must not fail them.</summary>
    [Theory]
    [InlineData("deadline")]
    [InlineData("source")]
    [InlineData("step")]
    [InlineData("host")]
    public async Task A_callback_of_a_handler_that_throws_fails_nobody_else(string cause)
    {
        using var cancelled = new CancellationTokenSource();
        var running = new TaskCompletionSource();
        await StartAsync(new TestHandler("slow", async (context, _) =>
        {
            context.CancellationToken.Register(() => throw new InvalidOperationException("The callback failed."));
            running.SetResult();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }));

        var report = cause switch
        {
            "deadline" => _source.Run("slow", timeout: TimeSpan.FromSeconds(1)),
            "source" => _source.RunCancellable("slow", cancelled.Token),
            _ => _source.Run("slow"),
        };
        await running.Task;
        if (cause == "host")
            await AdvanceUntilAsync(_host!.StopAsync(TestContext.Current.CancellationToken), TimeSpan.FromSeconds(20));
        else if (cause == "source")
            await cancelled.CancelAsync();
        else if (cause == "step")
            _source.Last.Cancel();
        else
            await AdvanceUntilAsync(report, TimeSpan.FromSeconds(1));

        var expected = cause switch { "deadline" => "handler_timeout", "host" => null, _ => "cancelled" };
        Assert.Equal((cause == "host", expected), ((await report).Released, (await report).Failure?.ErrorType));
    }

    [Fact]
    public async Task A_worker_may_be_disposed_of_twice()
    {
        await StartAsync(Value("fine", 1));
        await _source.Run("fine");
        var worker = _host!.Services.GetServices<IHostedService>().OfType<StepWorker>().Single();
        await _host.StopAsync(TestContext.Current.CancellationToken);

        worker.Dispose();
        Assert.Null(Record.Exception(worker.Dispose));

        _host.Dispose();
        _host = null;
    }

    [Fact]
    public async Task A_step_is_claimed_only_when_a_slot_is_free()
    {
        var release = new TaskCompletionSource();
        var running = new SemaphoreSlim(0);
        await StartAsync(
            builder => builder.ConfigureWorker(options => options.MaxConcurrency = 2),
            new TestHandler("hold", async (_, outcome) =>
            {
                running.Release();
                await release.Task;
                outcome.SetNothing();
            }));

        var reports = Enumerable.Range(0, 5).Select(_ => _source.Run("hold")).ToArray();
        await running.WaitAsync(TestContext.Current.CancellationToken);
        await running.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, _source.Claims);
        release.SetResult();
        await Task.WhenAll(reports);
        Assert.Equal(5, _source.Claims);
    }

    [Fact]
    public async Task An_attempt_has_a_scope_of_its_own_only_when_it_needs_one()
    {
        var seen = new List<object?>();
        var handler = (StepContext context, StepOutcome outcome) =>
        {
            seen.Add(context.Services.GetService<Scoped>());
            outcome.SetNothing();
            return ValueTask.CompletedTask;
        };
        await StartAsync(
            builder =>
            {
                builder.ConfigureWorker(options => options.MaxConcurrency = 1);
                builder.Services.AddScoped<Scoped>();
            },
            new TestHandler("scoped", handler, needsScope: true));

        await _source.Run("scoped");
        await _source.Run("scoped");

        Assert.Equal(2, seen.Distinct().Count());
        Assert.All(seen, scoped => Assert.True(((Scoped)scoped!).Disposed));
    }

    [Fact]
    public void Two_handlers_of_one_callable_are_refused_by_name() =>
        Assert.Contains(
            "'pay'",
            Assert.Throws<ConfigurationException>(() => new HandlerTable([new TestRegistry(Value("pay", 1)), new TestRegistry(Value("pay", 2))])).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData(0, 1, "MaxConcurrency")]
    [InlineData(1, 0, "DefaultTimeout")]
    public async Task Impossible_options_stop_the_host_and_name_the_option(int slots, int timeoutSeconds, string option)
    {
        var start = StartAsync(builder => builder.ConfigureWorker(options =>
        {
            options.MaxConcurrency = slots;
            options.DefaultTimeout = TimeSpan.FromSeconds(timeoutSeconds);
        }));

        Assert.Contains(option, (await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => start)).Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is null)
            return;
        var stopping = _host.StopAsync(CancellationToken.None);
        await AdvanceUntilAsync(stopping, TimeSpan.FromSeconds(20));
        _host.Dispose();
    }

    private static TestHandler Value(string callable, int value, string? method = null) => new(
        callable,
        (_, outcome) =>
        {
            outcome.BeginValue().WriteNumberValue(value);
            outcome.End();
            return ValueTask.CompletedTask;
        },
        method);

    private Task StartAsync(params HandlerAdapter[] handlers) => StartAsync(_ => { }, handlers);

    private async Task StartAsync(Action<Hosting.TaskerBuilder> configure, params HandlerAdapter[] handlers)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddSingleton<IWorkSource>(_source);
        configure(builder.Services.AddTasker().AddRegistry(new TestRegistry(handlers)));
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        _host = host;
    }

    /// <summary>Moves the fake clock on until something has happened, however many timers it takes.</summary>
    private async Task AdvanceUntilAsync(Task happened, TimeSpan step)
    {
        while (!happened.IsCompleted)
        {
            _time.Advance(step);
            await Task.WhenAny(happened, Task.Run(static () => { }, TestContext.Current.CancellationToken));
        }

        await happened;
    }

    private sealed class Silent(bool isBroken) : Exception
    {
        public override string Message => isBroken ? throw new InvalidOperationException("There is none.") : null!;

        public override string? StackTrace => isBroken ? throw new InvalidOperationException("There is none.") : null;
    }

    private sealed class Scoped : IDisposable
    {
        public bool Disposed { get; private set; }

        public void Dispose() => Disposed = true;
    }

    private sealed class Undisposable : IDisposable
    {
        public void Dispose() => throw new InvalidOperationException("cannot be disposed");
    }

    private sealed class DivisionIsPermanent : IErrorClassifier
    {
        public StepFailure? Classify(Exception exception) =>
            exception is DivideByZeroException ? StepResult.Failure(exception.Message, retryable: false, "division") : null;
    }
}
