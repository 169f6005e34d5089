namespace Tasker.Postgres.Recovery;

/// <summary>What is recovered, and when.</summary>
/// <param name="Namespaces">The namespaces whose steps are looked at.</param>
/// <param name="Silence">How long a worker must have been gone, or a result not have been taken up.</param>
internal sealed record RecoverySettings(string[] Namespaces, TimeSpan Silence)
{
    /// <summary>
    /// A worker that was started again under its name need not wait long for itself: long enough for a living one to connect again, should two have been
    /// given the same name.
    /// </summary>
    public static readonly TimeSpan OwnNameSilence = TimeSpan.FromSeconds(5);

    /// <summary>The silence that is asked of workers of the same name.</summary>
    public TimeSpan OwnSilence => Silence < OwnNameSilence ? Silence : OwnNameSilence;
}
