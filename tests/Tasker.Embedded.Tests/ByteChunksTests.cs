using Tasker.Embedded.Storage;

namespace Tasker.Embedded.Tests;

public sealed class ByteChunksTests
{
    [Fact]
    public void Texts_stay_as_they_are_while_memory_is_used_again()
    {
        var chunks = new ByteChunks();
        var kept = new Queue<(ByteChunks.Text Text, byte[] Bytes)>();
        var arrays = new HashSet<byte[]>();
        for (var i = 0; i < 5000; i++)
        {
            var bytes = new byte[(i * 37 % 900) + (i % 100 == 0 ? 20_000 : 0)];
            Array.Fill(bytes, (byte)i);
            var text = chunks.Add(bytes);
            if (bytes.Length < 1000)
                arrays.Add(text.Chunk.Bytes);
            kept.Enqueue((text, bytes));
            while (kept.Count > 300)
            {
                var (oldest, expected) = kept.Dequeue();
                Assert.Equal(expected, oldest.Bytes.ToArray());
                chunks.Free(oldest);
            }
        }

        // 300 texts of at most 900 bytes fit into five arrays of 64 KB; one more is being filled.
        Assert.InRange(arrays.Count, 1, 6);
    }
}
