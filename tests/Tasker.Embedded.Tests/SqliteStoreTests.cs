using Tasker.Embedded.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Tasker.Embedded.Tests.Support;

namespace Tasker.Embedded.Tests;

/// <summary>Files that cannot be used, and stores that fail.</summary>
public sealed class SqliteStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Flow _flow = new Flow().Step("a").Step("b", "a");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused()
    {
        await using (await StartAsync())
        {
        }

        _folder.Query("PRAGMA user_version = 99");

        await RefusedAsync($"was written by a newer version of Tasker (its schema is 99, this one knows {SqliteSchema.CurrentVersion})");
    }

    [Theory]
    [InlineData("CREATE TABLE customers (id INTEGER)")]
    [InlineData("PRAGMA application_id = 7")]
    public async Task A_file_of_another_program_is_refused(string sql)
    {
        _folder.Query(sql);

        await RefusedAsync("is a SQLite database of another program");
        Assert.Equal(0L, _folder.Query("SELECT count(*) FROM sqlite_schema WHERE name = 'tasks'"));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        await File.WriteAllTextAsync(_folder.Database, new string('x', 5000), EngineHost.Token);

        await RefusedAsync("is not a SQLite database");
    }

    [Fact]
    public async Task A_second_engine_on_the_same_file_is_refused_and_the_first_goes_on()
    {
        await using var first = await StartAsync();

        await RefusedAsync("is in use by another embedded engine");
        Assert.Equal(TaskState.Complete, (await first.RunAsync(_flow)).State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_second_engine_on_the_same_file_is_refused_whatever_link_leads_there(bool linkFirst)
    {
        var link = _folder.PathOf("link.db");
        File.CreateSymbolicLink(_folder.PathOf("other.db"), Path.GetFileName(_folder.Database));
        File.CreateSymbolicLink(link, _folder.PathOf("other.db"));
        await using var first = await EngineHost.StartAsync(tasker => tasker.UseEmbedded("Data Source=" + (linkFirst ? link : _folder.Database)), [_flow]);

        var second = EngineHost.Build(tasker => tasker.UseEmbedded("Data Source=" + (linkFirst ? _folder.Database : link)), [_flow]);

        var error = await Assert.ThrowsAsync<TaskStoreException>(second.StartAsync);
        Assert.Contains($"'{_folder.Database}' is in use by another embedded engine", error.Message, StringComparison.Ordinal);
        Assert.Equal(TaskState.Complete, (await first.RunAsync(_flow)).State);
    }

    [Fact]
    public async Task Links_that_lead_in_a_circle_are_refused()
    {
        File.CreateSymbolicLink(_folder.Database, _folder.PathOf("other.db"));
        File.CreateSymbolicLink(_folder.PathOf("other.db"), _folder.Database);

        await RefusedAsync("cannot be opened");
    }

    [Fact]
    public async Task A_missing_folder_is_named()
    {
        await RefusedAsync("does not exist. Create it", _folder.PathOf("missing/tasker.db"));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has a folder that nobody can write to.");

        // Even an administrator cannot create a file there.
        await RefusedAsync("Give", "/proc/tasker.db");
    }

    [Fact]
    public void The_write_ahead_log_is_copied_without_a_further_commit()
    {
        var connectionString = $"{_folder.ConnectionString};Pooling=False";
        using var writer = new SqliteConnection(connectionString);
        writer.Open();
        Run("PRAGMA journal_mode = WAL; CREATE TABLE t (content BLOB)");
        using var checkpoints = new WalCheckpoints(writer, connectionString);
        Run("INSERT INTO t VALUES (zeroblob(20000000))");

        checkpoints.Committed();

        Assert.True(SpinWait.SpinUntil(() => new FileInfo(_folder.Database).Length > 20_000_000, TimeSpan.FromMinutes(1)));

        void Run(string sql)
        {
            using var command = writer.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }

    [Fact]
    public void A_parameter_that_could_not_be_bound_is_bound_again()
    {
        const string Text = "the same";
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "CREATE TABLE t (content TEXT NOT NULL)";
        command.ExecuteNonQuery();
        _ = SQLitePCL.raw.sqlite3_limit(connection.Handle!, SQLitePCL.raw.SQLITE_LIMIT_LENGTH, 1000);
        using var insert = new SqliteStatement(connection.Handle!, "INSERT INTO t VALUES (?)", "in memory");
        insert.Bind(Text).Run();

        Assert.Throws<TaskStoreException>(() => insert.Bind(new byte[2000]));
        insert.Reset();
        insert.Bind(Text).Run();

        command.CommandText = "SELECT count(*) FROM t WHERE content = 'the same'";
        Assert.Equal(2L, command.ExecuteScalar());
    }

    [Fact]
    public async Task The_space_in_the_write_ahead_log_that_nothing_uses_yet_does_no_harm()
    {
        await using var host = await StartAsync();
        await host.RunAsync(_flow);
        using var copy = new TemporaryFolder();

        foreach (var suffix in (string[])["", "-wal"])
            File.Copy(_folder.Database + suffix, copy.Database + suffix);

        Assert.Equal("complete", copy.Query("SELECT state FROM tasks"));
        Assert.Equal("ok", copy.Query("PRAGMA integrity_check"));
        Assert.InRange(new FileInfo(_folder.Database + "-wal").Length, 512 * 1024, 4 * 1024 * 1024);
    }

    [Fact]
    public async Task While_the_file_is_locked_tasks_are_refused_and_work_goes_on_afterwards()
    {
        var gate = new TaskCompletionSource();
        var flow = new Flow()
            .Add(Flow.Define("a", []), async (context, outcome) =>
            {
                await gate.Task;
                await Flow.Ran(context, outcome);
            })
            .Step("b", "a");
        await using var host = await EngineHost.StartAsync(tasker => tasker.UseEmbedded(_folder.ConnectionString), [flow]);
        var task = await host.Client.StartAsync(flow.Template, "{}", cancellationToken: EngineHost.Token);
        await using (var other = new SqliteConnection($"Data Source={_folder.Database};Pooling=False"))
        {
            await other.OpenAsync(EngineHost.Token);
            await using var shell = await other.BeginTransactionAsync(EngineHost.Token);
            gate.SetResult();

            var refused = await Assert.ThrowsAsync<TaskStoreException>(() => host.RunAsync(flow));
            Assert.Contains(_folder.Database, refused.Message, StringComparison.Ordinal);
            Assert.Contains("locked by another program", refused.Message, StringComparison.Ordinal);
        }

        var done = await task.WaitAsync(EngineHost.Token);

        Assert.Equal(TaskState.Complete, done.State);
        Assert.All(done.Steps, step => Assert.Equal(1, step.Attempts));
        Assert.Equal(1L, _folder.Query("SELECT count(*) FROM tasks"));
        Assert.Contains("311: The store works again; what was waiting is stored", host.Logged);
    }

    [Fact]
    public async Task A_full_disk_refuses_tasks_and_loses_nothing()
    {
        await using var host = await StartAsync();
        var before = await host.RunAsync(_flow);
        var pages = (long)_folder.Query("PRAGMA page_count")!;
        var store = (Storage.SqliteTaskStore)host.Services.GetRequiredService<Storage.ITaskStore>();
        store.LimitPages(pages);

        var refused = await Assert.ThrowsAsync<TaskStoreException>(() => host.RunAsync(_flow, $$"""{"text":"{{new string('x', 100_000)}}"}"""));
        Assert.Contains($"The disk that holds '{_folder.Database}' is full", refused.Message, StringComparison.Ordinal);

        store.LimitPages(1_000_000);
        Assert.Equal(TaskState.Complete, (await host.RunAsync(_flow)).State);
        Assert.Equal(TaskState.Complete, (await host.Client.GetAsync(before.TaskId, EngineHost.Token))!.State);
        Assert.Equal(2L, _folder.Query("SELECT count(*) FROM tasks"));
    }

    [Theory]
    [InlineData("Data Source=:memory:", "names no file")]
    [InlineData("Data Source=", "names no file")]
    [InlineData("Sorce=tasker.db", "is not valid")]
    [InlineData("Data Source=file:tasker.db?mode=rwc", "gives no path of a file")]
    [InlineData("Data Source=|DataDirectory|tasker.db", "gives no path of a file")]
    [InlineData("Data Source=folder/", "gives no path of a file")]
    [InlineData("Data Source=tasker.db;Password=secret", "does not encrypt")]
    public async Task A_connection_string_without_a_file_is_refused(string connectionString, string message)
    {
        var host = EngineHost.Build(tasker => tasker.UseEmbedded(connectionString), [_flow]);

        var error = await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_engines_in_one_host_are_refused()
    {
        var error = Assert.Throws<ConfigurationException>(() => EngineHost.Build(tasker => tasker.UseEmbeddedInMemory().UseEmbedded("Data Source=x.db"), []));
        Assert.Contains("already has a work source", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_before_the_start_and_after_the_end_say_so()
    {
        var host = EngineHost.Build(tasker => tasker.UseEmbeddedInMemory(), [_flow]);
        Assert.Contains("has not been started", (await Assert.ThrowsAsync<InvalidOperationException>(() => host.RunAsync(_flow))).Message, StringComparison.Ordinal);
        await host.StartAsync();
        await host.StopAsync();
        Assert.Contains("has stopped", (await Assert.ThrowsAsync<InvalidOperationException>(() => host.RunAsync(_flow))).Message, StringComparison.Ordinal);
    }

    private Task<EngineHost> StartAsync() => EngineHost.StartAsync(tasker => tasker.UseEmbedded(_folder.ConnectionString), [_flow]);

    private async Task RefusedAsync(string message, string? file = null)
    {
        file ??= _folder.Database;
        var host = EngineHost.Build(tasker => tasker.UseEmbedded("Data Source=" + file), [_flow]);
        var error = await Assert.ThrowsAsync<TaskStoreException>(host.StartAsync);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
