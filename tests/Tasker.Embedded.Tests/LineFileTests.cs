using Tasker.Embedded.Crash.Killing;
using Tasker.Embedded.Tests.Support;

namespace Tasker.Embedded.Tests;

public sealed class LineFileTests
{
    [Theory]
    [InlineData("1 load 01\n2 lo")]
    [InlineData("1 load 01\n2 load 02")]
    [InlineData("1 load 01\n")]
    [InlineData("")]
    public void A_line_that_a_kill_has_torn_does_not_take_the_next_one_with_it(string left)
    {
        using var folder = new TemporaryFolder();
        var file = folder.PathOf("lines.txt");
        File.WriteAllText(file, left);
        using (var lines = new LineFile(file))
        {
            lines.Add("3 load 03");
            lines.Add("4 load 04");
        }

        string[] before = left.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([.. before, "3 load 03", "4 load 04"], LineFile.Read(file).Select(words => string.Join(' ', words)));
    }
}
