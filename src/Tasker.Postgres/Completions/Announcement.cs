namespace Tasker.Postgres.Completions;

/// <summary>How the orchestrator is told of results.</summary>
internal enum Announcement
{
    /// <summary>By messages that the statement which stores the results cannot send.</summary>
    Elsewhere,

    /// <summary>By that statement, with the server's function for each message.</summary>
    OneByOne,

    /// <summary>By that statement, with all messages in one insertion.</summary>
    Together,
}
