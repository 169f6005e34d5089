using System.Globalization;
using System.Text.Json;
using Tasker.Client;
using Tasker.Embedded;
using Tasker.Samples.Workflow;

namespace Tasker.Samples;

/// <summary>The command that routes one request.</summary>
public sealed class ApprovalCommand
{
    private static readonly string[] Options = ["--requester", "--purpose", "--db"];
    private static readonly string[] Flags = ["--json", "--help", "-h"];

    private const string Help = """
        Routes a request to the approvals that its amount needs: below 1000 automatic, from 1000 the manager, from 5000 finance too.

        Usage: ApprovalRouting <amount> [options]

          amount            the amount, such as 2500 or 4999.99
          --requester R     who asks (default "sample-user")
          --purpose P       what for (default "office supplies")
          --db PATH         keep tasks in this SQLite file; after a crash the same command goes on (default: memory)
          --json            print the task as one line of JSON
          --help            show this text
        """;

    public TextWriter Output { get; init; } = Console.Out;

    public TextWriter Error { get; init; } = Console.Error;

    /// <summary>Shows progress instead of plain lines.</summary>
    public ITaskView? View { get; init; }

    /// <summary>Runs the command.</summary>
    /// <returns>The exit code: 0 done, 1 bad input, 130 interrupted.</returns>
    public async Task<int> RunAsync(string[] args, CancellationToken cancellationToken = default)
    {
        try
        {
            var line = CommandLine.Parse(args, Options, Flags, positional: 1);
            if (line.Has("--help") || line.Has("-h"))
            {
                await Output.WriteLineAsync(Help);
                return 0;
            }

            var request = new ApprovalRequest(
                Amount(line.Positional(0)),
                line.Value("--requester") ?? "sample-user",
                line.Value("--purpose") ?? "office supplies");
            return await SampleHost.RunAsync(
                line.File("--db"),
                ApprovalRouting.Template,
                (tasks, stop) => RunAsync(tasks, request, line.Has("--json"), stop),
                cancellationToken);
        }
        catch (UsageException usage)
        {
            await Error.WriteLineAsync($"{usage.Message} See --help.");
            return 1;
        }
        catch (TaskStoreException store)
        {
            await Error.WriteLineAsync(store.Message);
            return 1;
        }
    }

    private async Task<int> RunAsync(ResumableTasks<ApprovalRequest> tasks, ApprovalRequest request, bool json, CancellationToken cancellationToken)
    {
        ITaskView view = json ? new SilentView() : View ?? new LineView(Output);
        var handle = await tasks.ContinueOrStartAsync(request, notes: json ? Error : Output, cancellationToken);
        var task = await view.FollowAsync(handle, cancellationToken);

        if (json)
            await Output.WriteLineAsync(TaskJson.Write(task, writer => WriteResult(writer, task)));
        if (task.State is not TaskState.Complete)
        {
            await Error.WriteLineAsync(task.FirstFailure()?.Failure?.Message ?? $"The task ended in '{task.State.ToName()}'.");
            return 1;
        }

        if (!json)
        {
            var final = await handle.ResultOf(ApprovalRouting.Steps.FinalizeApproval, cancellationToken);
            await Output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{final.Amount} for {final.Requester} ({final.Purpose}): approved by {string.Join(" and ", final.ApprovedBy)}"));
        }

        return 0;
    }

    private static void WriteResult(Utf8JsonWriter json, TaskSnapshot task)
    {
        json.WritePropertyName("result");
        if (task.FindStep(ApprovalRouting.Steps.FinalizeApproval.Name) is { Result.IsEmpty: false } step)
            json.WriteRawValue(step.Result.Span);
        else
            json.WriteNullValue();
    }

    private static decimal Amount(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw new UsageException("The amount is missing.");
        return decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            ? amount
            : throw new UsageException($"The amount must be a number such as 2500 or 4999.99, but is '{text}'.");
    }
}
