namespace Tasker.Postgres.Messages;

/// <summary>What is to become of a message after its step was looked at.</summary>
public enum MessageFate
{
    /// <summary>Its step was claimed, or has moved on since the message was sent: nobody needs it any more.</summary>
    Done,

    /// <summary>This worker cannot use it now. Another one may, or this one later.</summary>
    Left,

    /// <summary>No worker can ever use it: it names no step that exists.</summary>
    Poison,
}
