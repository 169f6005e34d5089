using System.Text.Json;
using Tasker.Handlers;
using Tasker.Json;

namespace Tasker.Tests;

public sealed class StepBinderTests
{
    private static readonly JsonObjectCodec<string> Approval = new(
        "ApprovalRequest", false, static (in members) => members.String(2)!, static (in _, _) => { }, null, "purpose String", "amount Decimal+", "requester String+");

    private static readonly BoundParameter Amount = new("amountDue", "amount_due");

    [Fact]
    public void An_input_is_read_by_its_name() =>
        Assert.Equal(12.50m, Bind(Context(input: """{"x":[{"amount_due":1}],"amount_due":12.50}"""), Amount).Input(0, JsonCodecs.Decimal));

    [Fact]
    public void The_last_of_two_members_counts_as_in_System_Text_Json() =>
        Assert.Equal(2, Bind(Context(input: """{"amount_due":1,"amount_due":2}"""), Amount).Input(0, JsonCodecs.Int32));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"amount_due":null}""")]
    [InlineData("[]")]
    public void A_missing_input_names_step_parameter_path_and_type(string input)
    {
        var exception = Assert.Throws<ValidationException>(() => Bind(Context(input: input), Amount).Input(0, JsonCodecs.Decimal));

        Assert.Equal(
            "Step 'aggregate' needs the input 'amount_due' (decimal) for its parameter 'amountDue', but the task's context has none at $.amount_due.",
            exception.Message);
        Assert.False(exception.Retryable);
    }

    [Fact]
    public void An_ill_typed_input_says_what_was_expected_and_found()
    {
        var exception = Assert.Throws<ValidationException>(
            () => Bind(Context(input: """{"amount_due":"a lot"}"""), Amount).Input(0, JsonCodecs.Decimal));

        Assert.Equal(
            "Step 'aggregate' cannot bind its parameter 'amountDue' (decimal) from the input at $.amount_due: " +
            "expected a number that fits decimal, found the string \"a lot\".",
            exception.Message);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"amount_due":null}""")]
    public void A_default_stands_in_for_what_is_missing(string json)
    {
        Assert.Equal(7, Bind(Context(input: json), Amount).InputOr(0, JsonCodecs.Int32, 7));
        Assert.Equal(7, Bind(Context(config: json), Amount).ConfigOr(0, JsonCodecs.Int32, 7));
    }

    [Fact]
    public void A_default_never_hides_an_ill_typed_value() =>
        Assert.Throws<ValidationException>(() => Bind(Context(input: """{"amount_due":1.5}"""), Amount).InputOr(0, JsonCodecs.Int32, 7));

    [Fact]
    public void A_missing_configuration_value_names_the_configuration() =>
        Assert.Contains(
            "configuration value 'amount_due'",
            Assert.Throws<ValidationException>(() => Bind(Context(), Amount).Config(0, JsonCodecs.Int32)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Malformed_json_is_a_validation_failure_too() =>
        Assert.Throws<ValidationException>(() => Bind(Context(input: """{"amount_due":"""), Amount).Input(0, JsonCodecs.Int32));

    [Fact]
    public void A_step_result_that_is_not_an_object_is_unwrapped() =>
        Assert.Equal(5, Bind(Context(ancestors: Result("count", """{"result":5}""")), new BoundParameter("count", "count")).Step(0, JsonCodecs.Int32));

    [Fact]
    public void A_step_result_of_any_kind_is_the_whole_object() =>
        Assert.Equal(
            5,
            Bind(Context(ancestors: Result("count", """{"n":5}""")), new BoundParameter("count", "count")).Step(0, JsonCodecs.Element)
                .GetProperty("n").GetInt32());

    [Fact]
    public void A_wrapped_result_without_its_member_is_a_validation_failure() =>
        Assert.Contains(
            "a member 'result'",
            Assert.Throws<ValidationException>(
                () => Bind(Context(ancestors: Result("count", "{}")), new BoundParameter("count", "count")).Step(0, JsonCodecs.Int32)).Message,
            StringComparison.Ordinal);

    /// <summary>Null travels as <c>{}</c>, a value type that is an object as the object.</summary>
    [Fact]
    public void A_step_result_of_a_nullable_type_is_read_as_it_was_written()
    {
        var point = JsonCodecs.Nullable(new JsonObjectCodec<int>("Point", false, static (in members) => members.Int32(0), static (in _, _) => { }, null, "x Int32"));

        Assert.Equal(5, Of("""{"x":5}""").StepOr(0, point, null));
        Assert.Null(Of("{}").StepOr(0, point, null));
        Assert.Null(Of("{}").StepOr(0, JsonCodecs.Nullable(JsonCodecs.Int32), null));
        Assert.Equal("none", Of("{}").StepOr(0, JsonCodecs.String, "none"));
        Assert.Equal(5, Of("""{"x":5}""").StepOr(0, JsonCodecs.Nullable(JsonCodecs.Element), null)!.Value.GetProperty("x").GetInt32());
        Assert.Throws<ValidationException>(() => Of("{}").Step(0, JsonCodecs.String));
        Assert.Throws<ValidationException>(() => Of("""{"x":5}""").StepOr(0, JsonCodecs.String, "none"));

        static StepBinder Of(string result) => Bind(Context(ancestors: Result("count", result)), new BoundParameter("count", "count"));
    }

    /// <summary>Whoever asks for any JSON, or for an object with any members, gets what is there; only a step that did not run has null.</summary>
    [Fact]
    public void An_empty_result_is_a_value_to_whom_it_can_be_one()
    {
        var counts = new JsonDelegateCodec<IDictionary<string, int>>("Counts", ReadCounts, static (_, _) => { }, static (_, _) => { });
        var element = JsonCodecs.Nullable(JsonCodecs.Element);

        Assert.Equal("{}", Of("{}").StepOr(0, element, null)?.GetRawText());
        Assert.Equal("{}", Of("{}").Step(0, element)?.GetRawText());
        Assert.Equal("{}", Of("{}").Step(0, JsonCodecs.Element).GetRawText());
        Assert.Empty(Of("{}").Step(0, counts));
        Assert.Null(Of(null).StepOr(0, element, null));
        Assert.Null(Of(null).StepOr(0, counts, null!));

        static StepBinder Of(string? result) =>
            Bind(result is null ? Context() : Context(ancestors: Result("count", result)), new BoundParameter("count", "count"));

        static IDictionary<string, int> ReadCounts(ref Utf8JsonReader reader)
        {
            reader.Skip();
            return new Dictionary<string, int>();
        }
    }

    [Fact]
    public void A_branch_not_taken_is_the_default_or_an_error_with_the_remedy()
    {
        var parameter = new BoundParameter("autoApprove", "auto_approve");

        Assert.Null(Bind(Context(), parameter).StepOr(0, JsonCodecs.String, null));
        Assert.Contains(
            "make the parameter nullable",
            Assert.Throws<ValidationException>(() => Bind(Context(), parameter).Step(0, JsonCodecs.String)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"amount":1,"requester":null}""", "requester")]
    [InlineData("""{"amount":1,"requester":"bob","requester":null}""", "requester")]
    [InlineData("""{"requester":"bob"}""", "amount")]
    [InlineData("""{"amount":null,"requester":"bob"}""", "amount")]
    [InlineData("""{"amount":"a lot"}""", "requester")]
    public void A_whole_context_names_the_first_required_member_that_is_missing(string input, string member)
    {
        var exception = Assert.Throws<ValidationException>(() => Bind(Context(input: input), new BoundParameter("request", "")).WholeInput(0, Approval));

        Assert.Equal(
            $"Step 'aggregate' needs the input '{member}' for its parameter 'request', but the task's context has none at $.{member}.",
            exception.Message);
    }

    [Theory]
    [InlineData("""{"amount":"a lot","requester":"bob"}""", "at $.amount: expected a number that fits decimal, found the string")]
    [InlineData("""{"amount":"a lot","requester":""", "at $.amount: expected a number that fits decimal")]
    [InlineData("""{"amount":1,"requester":"bob\"}""", "cannot bind its parameter 'request'")]
    public void A_whole_context_with_a_bad_member_names_it(string input, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<ValidationException>(() => Bind(Context(input: input), new BoundParameter("request", "")).WholeInput(0, Approval)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_whole_context_may_lack_what_need_not_be_there() =>
        Assert.Equal("bob", Bind(Context(input: """{"requester":null,"amount":1,"requester":"bob"}"""), new BoundParameter("request", "")).WholeInput(0, Approval));

    [Fact]
    public void A_missing_service_is_a_configuration_error() =>
        Assert.Contains(
            "needs the service System.Random",
            Assert.Throws<ConfigurationException>(() => Bind(Context()).Service<Random>()).Message,
            StringComparison.Ordinal);

    private static StepBinder Bind(StepContext context, params BoundParameter[] parameters) => new(context, parameters);

    private static StepContext Context(string input = "{}", string config = "{}", params AncestorResult[] ancestors) =>
        TestSteps.Context(TestSteps.Claimed(input, config, ancestors: ancestors));

    private static AncestorResult Result(string step, string json) => new(step, step, TestSteps.Utf8(json));
}
