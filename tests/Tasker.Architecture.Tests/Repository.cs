namespace Tasker.Architecture.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] NotSource = [".git", ".vs", ".vscode", ".idea", "bin", "obj", "artifacts", "TestResults"];

    public static string Root { get; } = FindRoot();

    /// <summary>All files that belong to the repository, build output left out, as (relative path with slashes, full path).</summary>
    public static IEnumerable<(string Path, string FullPath)> Files() => Files(new DirectoryInfo(Root));

    public static IReadOnlyList<ProjectFile> Projects() =>
        [.. Files().Where(file => file.Path.EndsWith(".csproj", StringComparison.Ordinal))
            .Select(file => ProjectFile.Parse(file.Path, File.ReadAllText(file.FullPath)))
            .OrderBy(project => project.Path, StringComparer.Ordinal)];

    private static IEnumerable<(string Path, string FullPath)> Files(DirectoryInfo folder)
    {
        foreach (var file in folder.EnumerateFiles())
            yield return (System.IO.Path.GetRelativePath(Root, file.FullName).Replace('\\', '/'), file.FullName);
        foreach (var child in folder.EnumerateDirectories().Where(child => !NotSource.Contains(child.Name)))
        {
            foreach (var file in Files(child))
                yield return file;
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tasker.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} has a Tasker.sln.");
    }
}
