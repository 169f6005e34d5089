using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tasker.Postgres.Claims;
using Tasker.Postgres.Messages;
using Tasker.Postgres.Tests.Support;
using Tasker.Telemetry;

namespace Tasker.Postgres.Tests;

/// <summary>For how many slots the pump claims at once, while there is more work than slots.</summary>
public sealed class ClaimPumpTests
{
    private static readonly TimeSpan SlotsDelay = TimeSpan.FromMilliseconds(2);

    [Fact]
    public async Task A_worker_with_many_slots_claims_when_all_of_them_are_free()
    {
        await using var rig = new Rig();
        rig.Ask(32);
        Assert.Equal(32, await rig.ClaimedAsync());

        rig.Ask(31);
        Assert.False(await rig.ClaimsAtOnceAsync());
        rig.Ask(1);

        Assert.Equal(32, await rig.ClaimedAsync());
    }

    [Fact]
    public async Task It_waits_for_the_last_of_them_no_longer_than_two_milliseconds()
    {
        await using var rig = new Rig();
        rig.Ask(32);
        Assert.Equal(32, await rig.ClaimedAsync());

        rig.Ask(7);

        Assert.Equal(7, await rig.ClaimedInTimeAsync());
    }

    [Fact]
    public async Task A_worker_with_few_slots_claims_when_half_of_the_last_claim_is_free()
    {
        await using var rig = new Rig();
        rig.Ask(8);
        Assert.Equal(8, await rig.ClaimedAsync());

        rig.Ask(3);
        Assert.False(await rig.ClaimsAtOnceAsync());
        rig.Ask(1);

        Assert.Equal(4, await rig.ClaimedAsync());
    }

    [Fact]
    public async Task A_worker_that_stops_does_not_wait_for_slots()
    {
        await using var rig = new Rig();
        rig.Ask(32);
        Assert.Equal(32, await rig.ClaimedAsync());

        await rig.Pump.StopAsync().WaitAsync(TimeSpan.FromSeconds(30), CoreHost.Token);
    }

    /// <summary>A pump whose source has work without end, on a clock that stands.</summary>
    private sealed class Rig : IStepSource, IAsyncDisposable
    {
        private readonly Channel<int> _claims = Channel.CreateUnbounded<int>();
        private readonly FakeTimeProvider _time = new();
        private readonly Queue<Task> _asking = new();

        public Rig() => Pump = new ClaimPump(
            this,
            null!,
            new MessageBuffer(),
            new RunningClaims(),
            null!,
            new ClaimSettings(["n"], TimeSpan.FromHours(1), ClaimSql.MaxSteps),
            _time,
            new SafeLogger<ClaimPump>(NullLoggerFactory.Instance));

        public ClaimPump Pump { get; }

        private bool IsStarted { get; set; }

        /// <summary>So many slots become free.</summary>
        public void Ask(int slots)
        {
            for (var i = 0; i < slots; i++)
                _asking.Enqueue(Pump.ClaimAsync(CoreHost.Token).AsTask());
            if (!IsStarted)
                Pump.Start();
            IsStarted = true;
        }

        /// <returns>For how many slots was claimed next. They have their steps then.</returns>
        public async Task<int> ClaimedAsync()
        {
            var slots = await _claims.Reader.ReadAsync(CoreHost.Token);
            for (var i = 0; i < slots; i++)
                await _asking.Dequeue();
            return slots;
        }

        /// <summary>Whether there is a claim without any more slots. A pump that makes one has plenty of turns to do it here.</summary>
        public async Task<bool> ClaimsAtOnceAsync()
        {
            for (var turn = 0; turn < 20_000 && !_claims.Reader.TryPeek(out _); turn++)
                await Task.Yield();
            return _claims.Reader.TryPeek(out _);
        }

        /// <summary>As <see cref="ClaimedAsync"/>, while time goes on.</summary>
        public async Task<int> ClaimedInTimeAsync()
        {
            int slots;
            while (!_claims.Reader.TryRead(out slots))
            {
                _time.Advance(SlotsDelay);
                await Task.Yield();
            }

            return slots;
        }

        public Task<ClaimBatch> PollAsync(int slots, CancellationToken cancellationToken)
        {
            var batch = new ClaimBatch();
            batch.Steps.AddRange(Enumerable.Range(0, slots).Select(_ => AnyStep.Create()));
            _claims.Writer.TryWrite(slots);
            return Task.FromResult(batch);
        }

        public Task<ClaimBatch> ClaimAsync(IReadOnlyList<StepMessage> announced, int slots, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask SettleAsync(ClaimBatch batch, IReadOnlyList<UnclaimedMessage> left, CancellationToken cancellationToken) => default;

        public ValueTask DisposeAsync() => Pump.DisposeAsync();
    }
}
