using System.Globalization;
using System.Text;
using CsvHelper;

namespace Tasker.Samples.Products;

/// <summary>
/// Reads a products file row by row, from the start or from a mark; the file is never in memory as a whole. A mistake in the file ends in a
/// <see cref="ValidationException"/> that names file, row and column.
/// </summary>
public sealed class ProductReader : IDisposable
{
    private const int LongestRow = 16 * 1024 * 1024;

    private const string Expected = "its first row must name the columns title, category, price, rating and stock.";

    /// <summary>So that no total of a file that fits a disk is beyond what a decimal holds.</summary>
    private const decimal Most = 1_000_000_000_000;

    private static readonly CsvReaderOptions Options = new() { Separator = ',', TrackLineNumbers = true, MaxRecordSize = LongestRow };

    private readonly CsvReader _csv;
    private readonly Columns _columns;
    private readonly string _path;
    private readonly RowMark _start;

    private ProductReader(string path, CsvReader csv, Columns columns, RowMark start)
    {
        _path = path;
        _csv = csv;
        _columns = columns;
        _start = start;
    }

    /// <summary>Opens a file at its first row.</summary>
    public static ProductReader Open(string path)
    {
        var start = new RowMark(-1, 0, 1); // the header
        var csv = CsvReader.Create(OpenFile(path), Options with { OnMalformedRecord = malformed => throw Malformed(path, start, malformed) });
        try
        {
            return new ProductReader(path, csv, Columns.Find(path, csv), start with { Row = 0 });
        }
        catch
        {
            csv.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file at a row that was marked in an earlier read.</summary>
    public static ProductReader Open(string path, RowMark start)
    {
        ArgumentNullException.ThrowIfNull(start);
        Columns columns;
        using (var header = Open(path))
            columns = header._columns;

        var file = OpenFile(path);
        file.Seek(start.Offset, SeekOrigin.Begin);
        var options = Options with { HasHeader = false, OnMalformedRecord = malformed => throw Malformed(path, start, malformed) };
        return new ProductReader(path, CsvReader.Create(file, options), columns, start);
    }

    /// <summary>The number of data rows of the file before the present one.</summary>
    public long Row => _start.Row + _csv.RowNumber - 1;

    /// <summary>Where the present row starts.</summary>
    public RowMark Mark => new(Row, _start.Offset + _csv.ByteOffset, Line);

    private long Line => _start.Line + _csv.LineNumber - 1;

    /// <summary>Goes to the next row.</summary>
    /// <returns><see langword="false"/> at the end of the file.</returns>
    public bool Read()
    {
        try
        {
            if (!_csv.Read())
                return false;
        }
        catch (CsvFormatException tooLong)
        {
            throw TooLong(_path, $"row {Number(Row + 2)}", tooLong);
        }

        if (_csv.FieldCount != _columns.Count)
        {
            throw new ValidationException(
                $"{Place()}: the row has {Number(_csv.FieldCount)} fields, but the header has {Number(_columns.Count)}; quote fields that contain a comma.");
        }

        return true;
    }

    /// <summary>The present row's values.</summary>
    public Product Product() => new(
        Text(_columns.Title, "title"),
        Text(_columns.Category, "category"),
        Decimal(_columns.Price, "price", "9.99"),
        Decimal(_columns.Rating, "rating", "4.5"),
        Stock());

    /// <inheritdoc/>
    public void Dispose() => _csv.Dispose();

    private string Text(int index, string column)
    {
        var utf8 = _csv.GetSpan(index);
        return System.Text.Unicode.Utf8.IsValid(utf8)
            ? Encoding.UTF8.GetString(utf8)
            : throw new ValidationException($"{Place(column)}: the text is not UTF-8; save the file as UTF-8.");
    }

    private decimal Decimal(int index, string column, string example)
    {
        var utf8 = _csv.GetSpan(index);
        if (!decimal.TryParse(utf8, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            throw Invalid(utf8, column, $"a number such as {example}");
        return value switch
        {
            < 0 => throw Invalid(utf8, column, "0 or more"),
            > Most => throw Invalid(utf8, column, $"{Most.ToString(CultureInfo.InvariantCulture)} or less"),
            _ => value,
        };
    }

    private int Stock()
    {
        var utf8 = _csv.GetSpan(_columns.Stock);
        if (!int.TryParse(utf8, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            throw Invalid(utf8, "stock", "a whole number such as 12");
        return value >= 0 ? value : throw Invalid(utf8, "stock", "0 or more");
    }

    private ValidationException Invalid(ReadOnlySpan<byte> found, string column, string expected) =>
        new(found.IsEmpty
            ? $"{Place(column)}: the value is missing; it must be {expected}."
            : $"{Place(column)}: '{Encoding.UTF8.GetString(found)}' must be {expected}.");

    private string Place(string? column = null) =>
        $"{_path}, row {Number(Row + 1)} (line {Number(Line)})" + (column is null ? "" : $", column '{column}'");

    private static ValidationException Malformed(string path, RowMark start, CsvMalformedRecord malformed)
    {
        var row = start.Row + malformed.RecordNumber;
        var place = row == 0 ? "header" : $"row {Number(row)} (line {Number(start.Line + malformed.LineNumber - 1)})";
        return new ValidationException($"{path}, {place}: " + malformed.Reason switch
        {
            CsvMalformedReason.UnterminatedQuote => "a quoted field is never closed; add the missing quote.",
            CsvMalformedReason.TextAfterClosingQuote => "text follows the closing quote of a field; double the quotes inside a quoted field.",
            _ => "an unquoted field contains a quote; quote the field and double the quotes inside it.",
        });
    }

    private static ValidationException TooLong(string path, string place, CsvFormatException tooLong) =>
        new($"{path}, {place}: it is longer than {Number(LongestRow)} bytes; is a closing quote missing?", tooLong);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static FileStream OpenFile(string path)
    {
        if (Directory.Exists(path))
            throw new ValidationException($"{path} is a folder; name a CSV file.");
        try
        {
            // A pipe or a device has no length either, and to open one may take for ever.
            if (LengthOf(path) == 0)
                throw new ValidationException($"{path} is empty or no regular file; {Expected}");
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            if (Unreadable(file) is { } why)
            {
                file.Dispose();
                throw new ValidationException($"{path} {why}");
            }

            return file;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new NotFoundException($"{path} does not exist; name a CSV file.", missing);
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new AuthorizationException($"{path} cannot be read: access is denied.", denied);
        }
    }

    private static long LengthOf(string path) => (File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new FileInfo(path)).Length;

    private static string? Unreadable(FileStream file)
    {
        if (!file.CanSeek)
            return "is not a regular file; save its content to one first.";
        Span<byte> start = stackalloc byte[2];
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Seek(0, SeekOrigin.Begin);
        return start[..length] is [0xFF, 0xFE] or [0xFE, 0xFF] or [0, _] or [_, 0] ? "is UTF-16; save it as UTF-8." : null;
    }

    /// <summary>Where the columns are that the inventory needs.</summary>
    private readonly record struct Columns(int Count, int Title, int Category, int Price, int Rating, int Stock)
    {
        public static Columns Find(string path, CsvReader csv)
        {
            try
            {
                csv.ReadHeader();
            }
            catch (CsvFormatException tooLong)
            {
                throw TooLong(path, "header", tooLong);
            }

            if (csv.Headers.Count == 0)
                throw new ValidationException($"{path} is empty; {Expected}");
            return new Columns(csv.Headers.Count, Index("title"), Index("category"), Index("price"), Index("rating"), Index("stock"));

            int Index(string column) => csv.TryGetFieldIndex(column, out var index)
                ? index
                : throw new ValidationException($"{path}, header: the column '{column}' is missing; found {string.Join(", ", csv.Headers)}.");
        }
    }
}
