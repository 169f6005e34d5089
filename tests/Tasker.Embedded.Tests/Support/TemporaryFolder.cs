using Microsoft.Data.Sqlite;

namespace Tasker.Embedded.Tests.Support;

public sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tasker-tests-");

    public string Database => Path.Combine(_folder.FullName, "tasker.db");

    public string ConnectionString => "Data Source=" + Database;

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>The first column of the first row.</summary>
    public object? Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
