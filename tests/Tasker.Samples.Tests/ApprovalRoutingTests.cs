namespace Tasker.Samples.Tests;

public sealed class ApprovalRoutingTests
{
    private static readonly string[] Automatic = ["auto_approve"];
    private static readonly string[] Manager = ["manager_approval"];
    private static readonly string[] Both = ["finance_review", "manager_approval"];

    public static TheoryData<string, string[], Store> Amounts()
    {
        var data = new TheoryData<string, string[], Store>();
        foreach (var store in Enum.GetValues<Store>())
        {
            foreach (var amount in (string[])["0.01", "1", "500", "999.99", "0999.9999999999999999999999"])
                data.Add(amount, Automatic, store);
            foreach (var amount in (string[])["1000", "1000.00", "2500", "4999.99"])
                data.Add(amount, Manager, store);
            foreach (var amount in (string[])["5000", "5000.01", "10000", "79228162514264337593543950335"])
                data.Add(amount, Both, store);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Amounts))]
    public async Task The_amount_decides_which_approvals_exist(string amount, string[] approvals, Store store)
    {
        var run = await SampleRun.ApprovalAsync(store, amount, "--requester", "bob", "--purpose", "laptop", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal("complete", run.State);
        Assert.Equal(
            ((string[])["validate_request", "routing_decision", "finalize_approval", .. approvals]).Order(StringComparer.Ordinal),
            run.StepStates.Keys.Order(StringComparer.Ordinal));
        Assert.All(run.StepStates.Values, state => Assert.Equal("complete", state));
        var result = run.Json.GetProperty("result");
        Assert.True(result.GetProperty("approved").GetBoolean());
        Assert.Equal(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), result.GetProperty("amount").GetDecimal());
        Assert.Equal("bob", result.GetProperty("requester").GetString());
        Assert.Equal("laptop", result.GetProperty("purpose").GetString());
        Assert.Equal(
            approvals.Select(approval => approval.Split('_')[0] switch { "auto" => "system", var who => who }).Order(StringComparer.Ordinal),
            result.GetProperty("approved_by").EnumerateArray().Select(who => who.GetString()!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Store.InMemory, "The field 'amount' must be greater than 0, but is -5.", "-5")]
    [InlineData(Store.Sqlite, "The field 'amount' must be greater than 0, but is -5.", "-5")]
    [InlineData(Store.InMemory, "The field 'amount' must be greater than 0, but is -0.01.", "-.01")]
    [InlineData(Store.InMemory, "The field 'amount' must be greater than 0, but is 0.", "0")]
    [InlineData(Store.InMemory, "The field 'requester' must not be empty.", "500", "--requester", "")]
    [InlineData(Store.Sqlite, "The field 'requester' must not be empty.", "500", "--requester", "  ")]
    [InlineData(Store.InMemory, "The field 'purpose' must not be empty.", "500", "--purpose=")]
    public async Task A_bad_request_fails_validation_before_any_further_step_exists(Store store, string expected, params string[] args)
    {
        var run = await SampleRun.ApprovalAsync(store, [.. args, "--json"]);

        Assert.Equal((1, expected), (run.ExitCode, run.Error.Trim()));
        Assert.Equal("blocked_by_failures", run.State);
        Assert.Equal("error", run.StepStates["validate_request"]);
        Assert.Equal(expected, run.StepError("validate_request"));
        Assert.Equal(["routing_decision", "validate_request"], run.StepStates.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("null", run.Json.GetProperty("result").GetRawText());
        Assert.Equal(1, run.Json.GetProperty("steps")[0].GetProperty("attempts").GetInt32());
    }

    [Theory]
    [InlineData("The amount is missing. See --help.")]
    [InlineData("The amount is missing. See --help.", "")]
    [InlineData("The amount must be a number such as 2500 or 4999.99, but is 'much'. See --help.", "much")]
    [InlineData("The amount must be a number such as 2500 or 4999.99, but is '1,000'. See --help.", "1,000")]
    [InlineData("The amount must be a number such as 2500 or 4999.99, but is '1e3'. See --help.", "1e3")]
    [InlineData("The amount must be a number such as 2500 or 4999.99, but is '79228162514264337593543950336'. See --help.", "79228162514264337593543950336")]
    [InlineData("The option '--requester' needs a value. See --help.", "500", "--requester")]
    [InlineData("The option '--who' is unknown. See --help.", "500", "--who", "bob")]
    [InlineData("'600' is one argument too many. See --help.", "500", "600")]
    public async Task A_command_line_that_is_not_understood_ends_in_one_sentence(string expected, params string[] args)
    {
        var run = await SampleRun.ApprovalAsync(Store.InMemory, args);

        Assert.Equal((1, expected, ""), (run.ExitCode, run.Error.Trim(), run.Output));
    }

    [Fact]
    public async Task Steps_are_shown_with_name_state_attempts_and_error()
    {
        var run = await SampleRun.ApprovalAsync(Store.InMemory, "500", "--json");

        Assert.All(run.Json.GetProperty("steps").EnumerateArray(), step =>
        {
            Assert.Equal(["name", "state", "attempts", "error"], step.EnumerateObject().Select(member => member.Name));
            Assert.Equal("null", step.GetProperty("error").GetRawText());
        });
        Assert.Single(run.Lines);
    }

    [Fact]
    public async Task Without_json_steps_and_result_are_plain_lines()
    {
        var run = await SampleRun.ApprovalAsync(Store.InMemory, "5000", "--requester", "bob");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("finance_review: complete", run.Lines);
        Assert.Equal("5000 for bob (office supplies): approved by manager and finance", run.Lines[^1]);
    }

    [Fact]
    public async Task Help_names_every_option()
    {
        var run = await SampleRun.ApprovalAsync(Store.InMemory, "-h");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.All(["<amount>", "--requester", "--purpose", "--db", "--json"], option => Assert.Contains(option, run.Output, StringComparison.Ordinal));
    }
}
