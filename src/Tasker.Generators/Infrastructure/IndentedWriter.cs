using System.Buffers;
using Microsoft.CodeAnalysis.Text;

namespace Tasker.Generators.Infrastructure;

/// <summary>
/// Writes indented source text into a pooled buffer. Lines end with <c>\n</c> on every machine. Text given to <see cref="Write(string)"/>
/// may span lines; each is indented.
/// </summary>
internal sealed class IndentedWriter : IDisposable
{
    private const string Indentation = "    ";

    private char[] _buffer = ArrayPool<char>.Shared.Rent(4096);
    private int _length;
    private int _depth;

    /// <summary>Writes text; a line break in it begins a new indented line.</summary>
    public IndentedWriter Write(string text)
    {
        var rest = text.AsSpan();
        while (true)
        {
            var end = rest.IndexOf('\n');
            var line = end < 0 ? rest : rest.Slice(0, end).TrimEnd('\r');
            if (!line.IsEmpty)
            {
                if (_length == 0 || _buffer[_length - 1] == '\n')
                    Indent();
                Append(line);
            }

            if (end < 0)
                return this;
            Append("\n".AsSpan());
            rest = rest.Slice(end + 1);
        }
    }

    /// <summary>Writes text and ends the line.</summary>
    public IndentedWriter Line(string text)
    {
        Write(text);
        Append("\n".AsSpan());
        return this;
    }

    /// <summary>Ends the line, or leaves an empty one.</summary>
    public IndentedWriter Line()
    {
        Append("\n".AsSpan());
        return this;
    }

    /// <summary>Writes a header line, if there is one, and an opening brace; disposing writes the closing brace and <paramref name="end"/>.</summary>
    public Block Block(string header, string end = "")
    {
        if (header.Length > 0)
            Line(header);
        Line("{");
        _depth++;
        return new Block(this, end);
    }

    /// <summary>Indents what follows until disposed, without braces.</summary>
    public Scope Indented()
    {
        _depth++;
        return new Scope(this);
    }

    /// <summary>The text as a source file.</summary>
    public SourceText ToSourceText() => SourceText.From(ToString(), System.Text.Encoding.UTF8);

    public override string ToString() => new(_buffer, 0, _length);

    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        _length = 0;
        if (buffer.Length > 0)
            ArrayPool<char>.Shared.Return(buffer);
    }

    internal void Close(string end)
    {
        _depth--;
        Line("}" + end);
    }

    internal void Unindent() => _depth--;

    private void Indent()
    {
        for (var i = 0; i < _depth; i++)
            Append(Indentation.AsSpan());
    }

    private void Append(ReadOnlySpan<char> text)
    {
        if (_length + text.Length > _buffer.Length)
        {
            var larger = ArrayPool<char>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + text.Length));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<char>.Shared.Return(_buffer);
            _buffer = larger;
        }

        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
    }
}

/// <summary>A braced block that is still open.</summary>
internal readonly struct Block(IndentedWriter writer, string end) : IDisposable
{
    public void Dispose() => writer.Close(end);
}

/// <summary>An indentation that is still open.</summary>
internal readonly struct Scope(IndentedWriter writer) : IDisposable
{
    public void Dispose() => writer.Unindent();
}
