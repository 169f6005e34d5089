using System.Text.RegularExpressions;

namespace Tasker.Postgres.Registration;

/// <summary>The names of queues and channels (protocol sheet §2.1, §2.3).</summary>
internal static partial class QueueNames
{
    public const string StepResults = "orchestration_step_results";
    public const string TaskRequests = "orchestration_task_requests";
    public const string TaskFinalizations = "orchestration_task_finalizations";

    /// <summary>Beside the steps, where the other queues are elsewhere: the domain events on their way to their own queues.</summary>
    public const string OutgoingEvents = "tasker_dotnet_events";

    /// <summary>47 characters of a queue's name less the longest suffix, <c>_domain_events_dlq</c>.</summary>
    public const int MaxNamespaceLength = 29;

    /// <summary>The queue of a namespace's steps.</summary>
    public static string Steps(string @namespace) => $"worker_{@namespace}_queue";

    /// <summary>The queue of a namespace's durable domain events.</summary>
    public static string DomainEvents(string @namespace) => $"{@namespace}_domain_events";

    /// <summary>The channel that announces a namespace's steps. The dot makes quotes necessary in <c>LISTEN</c>.</summary>
    public static string Channel(string @namespace) => "pgmq_message_ready." + @namespace;

    /// <summary>All queues that serving a namespace needs.</summary>
    public static IEnumerable<string> All(string @namespace) =>
        [Steps(@namespace), StepResults, TaskRequests, TaskFinalizations, DomainEvents(@namespace), DomainEvents(@namespace) + "_dlq"];

    /// <summary>Whether queues can be named after a namespace.</summary>
    public static bool IsNamespace(string name) => name.Length <= MaxNamespaceLength && Pattern().IsMatch(name);

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex Pattern();
}
