using System.Globalization;
using System.Text;

namespace Tasker.Samples.Products;

/// <summary>
/// A realistic products file for those who have none at hand: the same 1,000 rows every time, with quoted commas, quotes, a line break inside
/// a field, non-ASCII text and blank brands.
/// </summary>
public static class SampleProducts
{
    /// <summary>The number of data rows.</summary>
    public const int Rows = 1000;

    private static readonly (string Category, string[] Nouns, int BasePrice)[] Categories =
    [
        ("beauty", ["Lip Balm", "Crème de Jour", "Face Mask", "Nail Polish"], 899),
        ("books", ["Atlas", "Cookbook", "Field Guide", "Notebook"], 1495),
        ("furniture", ["Bücherregal", "Oak Table", "Armchair", "Bed Frame"], 24900),
        ("garden", ["Watering Can", "Spade", "Seed Tray", "Lantern"], 1799),
        ("groceries", ["Jalapeño Sauce", "Green Tea 緑茶", "Olive Oil", "Rye Bread"], 349),
        ("kitchen", ["Chef's Knife", "Kettle", "Sauté Pan", "Mixing Bowl"], 3290),
        ("laptops", ["Ultrabook 13\"", "Workstation 16\"", "Tablet 11\"", "Chromebook 14\""], 89900),
        ("toys", ["Wooden Train", "Puzzle, 500 pieces", "Kite", "Marble Run"], 1999),
    ];

    private static readonly string[] Brands = ["", "Aurora", "", "Bergström & Söhne", "Casa, Verde", "", "Łódź Works", "Delta"];

    private static readonly string[] Adjectives = ["Classic", "Compact", "Deluxe", "Everyday", "Heritage", "Lightweight", "Premium"];

    /// <summary>Writes the file unless it is there already.</summary>
    /// <param name="folder">Where to write it; made when it does not exist.</param>
    /// <returns>The file's path.</returns>
    public static string WriteOnce(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "products.csv");
        if (File.Exists(path))
            return path;

        // Written aside and moved, so that nobody ever reads half a file; whoever comes second wrote the same bytes.
        var unfinished = Path.Combine(folder, $"products.{Guid.NewGuid():N}.tmp");
        File.WriteAllText(unfinished, Create(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        File.Move(unfinished, path, overwrite: true);
        return path;
    }

    /// <summary>The file's text.</summary>
    public static string Create()
    {
        var csv = new StringBuilder("id,title,description,category,price,rating,stock,brand\n");
        for (var i = 0; i < Rows; i++)
        {
            var (category, nouns, basePrice) = Categories[i * 7 % Categories.Length];
            var title = $"{Adjectives[i % Adjectives.Length]} {nouns[i / 8 % nouns.Length]}";
            var description = i % 50 == 25 ? $"{title}\nSold in pairs, \"as is\"." : $"{title}, made to last";
            csv.Append(CultureInfo.InvariantCulture, $"{i + 1},{Quoted(title)},{Quoted(description)},{category},")
                .Append(CultureInfo.InvariantCulture, $"{(basePrice + (i * 37 % 1000)) / 100m},{(250 + (i * 13 % 251)) / 100m},{i * 31 % 120},{Quoted(Brands[i % Brands.Length])}\n");
        }

        return csv.ToString();
    }

    private static string Quoted(string text) =>
        text.AsSpan().IndexOfAny(",\"\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
