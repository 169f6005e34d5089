using Tasker.Postgres.Fixture.Server;

namespace Tasker.Postgres.Tests;

public sealed class PostgresBinariesTests
{
    [Fact]
    public void A_folder_without_a_server_is_named_with_the_remedy()
    {
        var folder = Directory.CreateTempSubdirectory("tasker-tests-");
        try
        {
            var exception = Assert.Throws<InvalidOperationException>(() => PostgresBinaries.In(folder.FullName));

            Assert.Equal(
                $"TASKER_TEST_POSTGRES is '{folder.FullName}', which has no PostgreSQL server. Set it to the folder of 'initdb' and 'postgres'.",
                exception.Message);
            Assert.Throws<InvalidOperationException>(() => PostgresBinaries.In(Path.Combine(folder.FullName, "missing")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
