using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Tasker;
using Tasker.Hosting;
using Tasker.Postgres;
using Tasker.Postgres.Claims;
using Tasker.Postgres.Completions;
using Tasker.Postgres.Database;
using Tasker.Postgres.Hosting;
using Tasker.Postgres.Messages;
using Tasker.Postgres.Recovery;
using Tasker.Postgres.Registration;
using Tasker.Postgres.Templates;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Makes the host a worker of a tasker-core deployment.</summary>
public static class TaskerCoreBuilderExtensions
{
    /// <summary>
    /// Runs steps for a tasker-core deployment, beside its own workers: PostgreSQL and PGMQ, with an unmodified server. See <c>docs/tasker-core.md</c>.
    /// </summary>
    /// <param name="tasker">The host's Tasker.</param>
    /// <param name="connectionString">The deployment's database, in Npgsql's form or as a URL.</param>
    /// <param name="configure">Changes further options.</param>
    /// <exception cref="ConfigurationException">The host has another source of work already.</exception>
    public static TaskerBuilder UseTaskerCore(this TaskerBuilder tasker, string connectionString, Action<TaskerCoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(tasker);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var services = tasker.AddWorkSource<TaskerCoreWorkSource>().Services;
        var options = services.AddOptions<TaskerCoreOptions>().Configure(one => one.ConnectionString = connectionString);
        if (configure is not null)
            options.Configure(configure);
        options.ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TaskerCoreOptions>, TaskerCoreOptionsValidator>());

        services.AddSingleton(static provider => DataSources.Pooled(Options(provider).ConnectionString, Loggers(provider)));
        services.AddKeyedSingleton(ClaimStatement.Connections, static (provider, _) => provider.GetService<IMessageTransport>() is null
            ? DataSources.Claims(Options(provider).ConnectionString, Loggers(provider))
            : provider.GetRequiredService<NpgsqlDataSource>());
        services.AddKeyedSingleton(LifeSign.Connections, static (provider, _) => DataSources.Standing(Options(provider).ConnectionString, Loggers(provider)));
        services.AddSingleton(static provider => new WorkerIdentity(Options(provider).WorkerName));
        services.AddSingleton<ServedTemplates>();
        services.AddSingleton<Registrar>();
        services.AddSingleton<HostHandlers>();
        services.AddSingleton<TemplateCache>();
        services.AddSingleton<MessageBuffer>();
        services.AddSingleton<RunningClaims>();
        services.AddSingleton<QueueRepair>();
        services.AddSingleton(static provider => new ClaimSettings(
            provider.GetRequiredService<ServedTemplates>().Namespaces,
            Options(provider).PollInterval,
            ClaimSql.MaxSteps));
        services.AddSingleton(static provider => new RecoverySettings(
            provider.GetRequiredService<ServedTemplates>().Namespaces,
            Options(provider).WorkerSilence));
        services.AddSingleton<ClaimStatement>();
        services.TryAddSingleton<IStepSource, QueuesBesideSteps>();
        services.AddSingleton<ClaimPump>();
        services.AddSingleton<SendFunction>();
        services.AddSingleton<CompletionStatement>();
        services.AddSingleton<CompletionQueue>();
        services.AddSingleton<LifeSign>();
        services.AddSingleton<CancellationWatch>();
        services.AddSingleton<ClaimRecovery>();
        services.AddSingleton<Housekeeping>();
        services.AddHostedService<TaskerCoreService>();
        return tasker;
    }

    private static TaskerCoreOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<TaskerCoreOptions>>().Value;

    private static ILoggerFactory Loggers(IServiceProvider provider) => provider.GetRequiredService<ILoggerFactory>();
}
