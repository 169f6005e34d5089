using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tasker;
using Tasker.Hosting;

// The workflows of ApprovalRouting and CsvInventory as a worker of a tasker-core deployment, in one native executable. See docs/tasker-core.md.
if (Environment.GetEnvironmentVariable("DATABASE_URL") is not { Length: > 0 } database)
{
    Console.Error.WriteLine(
        """
        Set DATABASE_URL to the database of the tasker-core deployment, such as postgresql://tasker:secret@localhost/tasker.
        Further variables, all optional:
          TASKER_NAMESPACE          the namespaces to serve, separated by commas (all of this worker's templates)
          TASKER_WORKER_ID          what the worker is called (the machine's name)
          TASKER_MAX_CONCURRENT     how many handlers run at once (10)
          TASKER_MESSAGING_BACKEND  pgmq (the default) or rabbitmq
          RABBITMQ_URL              the broker of the rabbitmq backend (amqp://guest:guest@localhost:5672/%2F)
          PGMQ_DATABASE_URL         the queues' database, when it is not the one above
        """);
    return 1;
}

var builder = Host.CreateApplicationBuilder(args);
builder.Logging.AddSimpleConsole(options => options.SingleLine = true);
var tasker = builder.Services.AddTasker()
    .AddHandlers()
    .ConfigureWorker(options => options.MaxConcurrency = Number("TASKER_MAX_CONCURRENT") ?? options.MaxConcurrency)
    .UseTaskerCore(database, options =>
    {
        options.WorkerName = Text("TASKER_WORKER_ID") ?? options.WorkerName;
        foreach (var name in Text("TASKER_NAMESPACE")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [])
            options.Namespaces.Add(name);
    });

try
{
    UseQueues(tasker);

    // Runs until SIGTERM or Ctrl+C; then what runs is finished and stored.
    await builder.Build().RunAsync();
    return 0;
}
catch (Exception exception) when (exception is ConfigurationException or OptionsValidationException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

// The messages of tasker-core: PGMQ in the same database or in another one, or RabbitMQ.
static void UseQueues(TaskerBuilder tasker)
{
    switch (Text("TASKER_MESSAGING_BACKEND") ?? "pgmq")
    {
        case "rabbitmq":
            tasker.UseRabbitMq(Text("RABBITMQ_URL") ?? "amqp://guest:guest@localhost:5672/%2F");
            break;
        case "pgmq" when Text("PGMQ_DATABASE_URL") is { } queues && queues != Text("DATABASE_URL"):
            tasker.UsePgmqDatabase(queues);
            break;
        case "pgmq":
            break;
        case var other:
            throw new ConfigurationException($"TASKER_MESSAGING_BACKEND is '{other}'; it must be pgmq or rabbitmq.");
    }
}

static string? Text(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

static int? Number(string name) => Text(name) is not { } text ? null
    : int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number
    : throw new ConfigurationException($"{name} is '{text}', which is not a number.");
