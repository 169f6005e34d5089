using System.Diagnostics;
using System.Text;
using Tasker.Samples.Products;

namespace Tasker.Samples.Tests.Products;

public sealed class ProductReaderTests : IDisposable
{
    private const string Header = "title,category,price,rating,stock\n";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Columns_are_found_by_name_in_any_order()
    {
        using var products = Open("stock,extra,rating,price,category,title\n3,x,4.5,9.99,toys,\"Kite, \"\"red\"\"\"\n");

        Assert.True(products.Read());
        Assert.Equal(new Product("Kite, \"red\"", "toys", 9.99m, 4.5m, 3), products.Product());
        Assert.False(products.Read());
    }

    [Theory]
    [InlineData("\uFEFF" + Header + "Kite,toys,1,2,3\n")]
    [InlineData(Header + "Kite,toys,1,2,3")]
    [InlineData("title,category,price,rating,stock\r\nKite,toys,1,2,3\r\n")]
    [InlineData(Header + "\n\nKite,toys,1,2,3\n\n")]
    [InlineData("\"title\",\"category\",\"price\",\"rating\",\"stock\"\n\"Kite\",\"toys\",\"1\",\"2\",\"3\"\n")]
    public void Byte_order_mark_line_ends_blank_lines_and_quotes_do_not_matter(string csv)
    {
        using var products = Open(csv);

        Assert.True(products.Read());
        Assert.Equal(new Product("Kite", "toys", 1, 2, 3), products.Product());
        Assert.False(products.Read());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    public void A_read_can_begin_at_any_row_that_was_marked(string start)
    {
        var csv = new StringBuilder(start + Header);
        for (var i = 0; i < 50; i++)
            csv.Append(i % 3 == 0 ? $"\"ünder\n{i}, \"\"x\"\"\"" : $"plain {i}").Append($",toys,{i},1,{i}\n").Append(i % 7 == 0 ? "\r\n" : "");
        var path = _folder.Write("marked.csv", csv.ToString());
        var marks = new List<(RowMark Mark, Product Product)>();
        using (var all = ProductReader.Open(path))
        {
            while (all.Read())
                marks.Add((all.Mark, all.Product()));
        }

        Assert.Equal(50, marks.Count);
        foreach (var (mark, product) in marks)
        {
            using var from = ProductReader.Open(path, mark);
            Assert.True(from.Read());
            Assert.Equal(product, from.Product());
            Assert.Equal(mark, from.Mark);
        }
    }

    [Theory]
    [InlineData("Kite,toys,abc,2,3", "row 2 (line 3), column 'price': 'abc' must be a number such as 9.99.")]
    [InlineData("Kite,toys,,2,3", "row 2 (line 3), column 'price': the value is missing; it must be a number such as 9.99.")]
    [InlineData("Kite,toys,\"1,5\",2,3", "row 2 (line 3), column 'price': '1,5' must be a number such as 9.99.")]
    [InlineData("Kite,toys,-1,2,3", "row 2 (line 3), column 'price': '-1' must be 0 or more.")]
    [InlineData("Kite,toys,99999999999999999999999999999,2,3", "row 2 (line 3), column 'price': '99999999999999999999999999999' must be a number such as 9.99.")]
    [InlineData("Kite,toys,1000000000000.01,2,3", "row 2 (line 3), column 'price': '1000000000000.01' must be 1000000000000 or less.")]
    [InlineData("Kite,toys,1,79228162514264337593543950335,3", "row 2 (line 3), column 'rating': '79228162514264337593543950335' must be 1000000000000 or less.")]
    [InlineData("Kite,toys,1,good,3", "row 2 (line 3), column 'rating': 'good' must be a number such as 4.5.")]
    [InlineData("Kite,toys,1,2,3.5", "row 2 (line 3), column 'stock': '3.5' must be a whole number such as 12.")]
    [InlineData("Kite,toys,1,2,-3", "row 2 (line 3), column 'stock': '-3' must be 0 or more.")]
    [InlineData("Kite,toys,1,2", "row 2 (line 3): the row has 4 fields, but the header has 5; quote fields that contain a comma.")]
    [InlineData("Kite,toys,1,2,3,4", "row 2 (line 3): the row has 6 fields, but the header has 5; quote fields that contain a comma.")]
    [InlineData("\"Kite,toys,1,2,3", "row 2 (line 3): a quoted field is never closed; add the missing quote.")]
    [InlineData("\"Kite\"s,toys,1,2,3", "row 2 (line 3): text follows the closing quote of a field; double the quotes inside a quoted field.")]
    [InlineData("Ki\"te,toys,1,2,3", "row 2 (line 3): an unquoted field contains a quote; quote the field and double the quotes inside it.")]
    public void A_broken_row_is_named_with_file_row_and_column(string row, string expected)
    {
        var path = _folder.Write("broken.csv", Header + "Fine,toys,1,2,3\n" + row + "\n");

        Assert.Equal($"{path}, {expected}", ReadAll(() => ProductReader.Open(path)));
    }

    [Fact]
    public void A_broken_row_is_named_the_same_when_the_read_begins_at_a_mark()
    {
        var path = _folder.Write("broken.csv", Header + "\"two\nlines\",toys,1,2,3\nFine,toys,1,2,3\nKite,toys,abc,2,3\n\"Open,toys,1,2,3\n");
        var marks = new List<RowMark>();
        using (var products = ProductReader.Open(path))
        {
            for (var i = 0; i < 3 && products.Read(); i++)
                marks.Add(products.Mark);
        }

        Assert.Equal($"{path}, row 3 (line 5), column 'price': 'abc' must be a number such as 9.99.", ReadAll(() => ProductReader.Open(path, marks[1])));
        using var last = ProductReader.Open(path, marks[2]);
        Assert.True(last.Read());
        Assert.Equal(
            $"{path}, row 4 (line 6): a quoted field is never closed; add the missing quote.",
            Assert.Throws<ValidationException>(() => last.Read()).Message);
    }

    [Fact]
    public void Text_that_is_not_utf8_is_refused_rather_than_damaged()
    {
        var path = _folder.Write("latin1.csv", Encoding.Latin1.GetBytes(Header + "Café,toys,1,2,3\n"));

        Assert.Equal($"{path}, row 1 (line 2), column 'title': the text is not UTF-8; save the file as UTF-8.", ReadAll(() => ProductReader.Open(path)));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public void A_utf16_file_is_refused(bool bigEndian, bool marked)
    {
        var encoding = new UnicodeEncoding(bigEndian, marked);
        var path = _folder.Write("utf16.csv", [.. encoding.Preamble, .. encoding.GetBytes(Header)]);

        Assert.Equal($"{path} is UTF-16; save it as UTF-8.", ReadAll(() => ProductReader.Open(path)));
    }

    [Fact]
    public void A_missing_column_is_named_with_the_columns_that_are_there()
    {
        var path = _folder.Write("columns.csv", "title,category,cost,rating,stock\n");

        Assert.Equal($"{path}, header: the column 'price' is missing; found title, category, cost, rating, stock.", ReadAll(() => ProductReader.Open(path)));
    }

    [Fact]
    public void A_header_whose_quote_is_never_closed_is_named()
    {
        var path = _folder.Write("header.csv", "title,\"category\n");

        Assert.Equal($"{path}, header: a quoted field is never closed; add the missing quote.", ReadAll(() => ProductReader.Open(path)));
    }

    [Fact]
    public void A_missing_quote_does_not_pull_a_large_file_into_memory()
    {
        var path = _folder.Write("large.csv", Header + "Fine,toys,1,2,3\n\"Kite,toys,1,2,3\n" + string.Concat(Enumerable.Repeat("Kite,toys,1,2,3\n", 1_100_000)));

        Assert.Equal($"{path}, row 2: it is longer than 16777216 bytes; is a closing quote missing?", ReadAll(() => ProductReader.Open(path)));
    }

    [Theory]
    [InlineData("", " or no regular file")]
    [InlineData("\n\n", "")]
    [InlineData("\uFEFF", "")]
    public void A_file_without_header_is_named(string csv, string or)
    {
        var path = _folder.Write("empty.csv", csv);

        Assert.Equal($"{path} is empty{or}; its first row must name the columns title, category, price, rating and stock.", ReadAll(() => ProductReader.Open(path)));
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Equal(
            $"{_folder.File("none.csv")} does not exist; name a CSV file.",
            Assert.Throws<NotFoundException>(() => ProductReader.Open(_folder.File("none.csv"))).Message);

    [Fact]
    public void A_missing_folder_is_named_as_a_missing_file() =>
        Assert.Equal(
            $"{_folder.File("none/none.csv")} does not exist; name a CSV file.",
            Assert.Throws<NotFoundException>(() => ProductReader.Open(_folder.File("none/none.csv"))).Message);

    [Fact]
    public void A_folder_is_not_a_file() =>
        Assert.Equal($"{_folder.Path} is a folder; name a CSV file.", ReadAll(() => ProductReader.Open(_folder.Path)));

    /// <summary>To open a pipe waits until somebody writes to it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pipe_is_refused_without_waiting_for_a_writer(bool byLink)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes in folders.");
        var path = _folder.File("pipe.csv");
        using (var make = Process.Start("mkfifo", [path]))
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (byLink)
            path = File.CreateSymbolicLink(_folder.File("link.csv"), path).FullName;

        var message = await Task.Run(() => ReadAll(() => ProductReader.Open(path))).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Contains("no regular file", message, StringComparison.Ordinal);
    }

    private ProductReader Open(string csv) => ProductReader.Open(_folder.Write("products.csv", csv));

    /// <summary>The message of the failure that reading all rows ends in.</summary>
    private static string ReadAll(Func<ProductReader> open) => Assert.Throws<ValidationException>(() =>
    {
        using var products = open();
        while (products.Read())
            products.Product();
    }).Message;
}
