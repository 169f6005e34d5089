namespace Tasker.Postgres.Fixture.Server;

/// <summary>PostgreSQL refuses to run as root; a test run as root lends its server the user that owns nothing.</summary>
internal static class Unprivileged
{
    private const string UserId = "65534";

    /// <summary>The user and the group, as <c>chown</c> takes them.</summary>
    public const string Owner = UserId + ":" + UserId;

    /// <summary>The command that runs another as that user; the command itself when this process is not root's.</summary>
    public static string[] Wrap(string[] command) => Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid", UserId, "--regid", UserId, "--clear-groups", .. command]
        : command;
}
