using System.Runtime.CompilerServices;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Pipeline;

public sealed class MemoryTests
{
    [Fact]
    public void No_old_compilation_is_kept_alive()
    {
        var host = new GeneratorHost(Samples.Handlers, ("approval.workflow.yaml", Samples.Approval));
        var first = RunFirst(host);

        host.EditSource("int batchSize = 200", "int batchSize = 300");
        host.EditSource("new(request.Amount)", "new(request.Amount + 1)");
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(first.IsAlive);
        GC.KeepAlive(host);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference RunFirst(GeneratorHost host)
    {
        host.Run();
        return new WeakReference(host.Compilation);
    }
}
