using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Tests.Infrastructure;

public sealed class IndentedWriterTests
{
    [Fact]
    public void Blocks_indent_every_line_and_close_their_brace()
    {
        using var writer = new IndentedWriter();

        using (writer.Block("class A"))
        {
            writer.Line("int x;").Line();
            using (writer.Block("int[] y =", ";"))
                writer.Write("1,\r\n2,\n");
        }

        Assert.Equal("class A\n{\n    int x;\n\n    int[] y =\n    {\n        1,\n        2,\n    };\n}\n", writer.ToString());
    }

    [Fact]
    public void Text_longer_than_the_buffer_is_kept()
    {
        using var writer = new IndentedWriter();
        var text = new string('x', 100_000);

        writer.Write("a").Write(text);

        Assert.Equal("a" + text, writer.ToString());
    }
}
