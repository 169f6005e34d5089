using Tasker.Embedded.Crash.Killing;
using Tasker.Embedded.Tests.Support;

namespace Tasker.Embedded.Tests;

/// <summary>
/// Processes of their own that are killed, as <c>kill -9</c> does, while they work: the short form of
/// <c>dotnet run --project tests/Tasker.Embedded.Crash -- --minutes 10</c>.
/// </summary>
public sealed class CrashTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_killed_process_acknowledged_comes_to_its_right_end(bool faults)
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage("Seed {0}", seed);

        var report = await KillRun.RunAsync(
            new KillOptions(seed, _folder.PathOf("."), Kills: 8, LongestRun: TimeSpan.FromSeconds(60), faults),
            EngineHost.Token);

        Assert.InRange(report.Kills, 1, 8);
        Assert.True(report.Tasks >= report.Acknowledged);
        Assert.Equal("ok", _folder.Query("PRAGMA integrity_check"));
    }
}
