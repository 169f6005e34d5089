namespace Tasker.Samples.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Real input beside the checkout, or where <c>TASKER_SHARED_DATA</c> says; <see langword="null"/> when it is not there.</summary>
    public static string? SharedFile(string name)
    {
        var folder = Environment.GetEnvironmentVariable("TASKER_SHARED_DATA") ?? Path.Combine(Root, "..", "shared", "data");
        var path = Path.GetFullPath(Path.Combine(folder, name));
        return File.Exists(path) ? path : null;
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
