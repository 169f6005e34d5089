namespace Tasker.Generators.Tests.Infrastructure;

/// <summary>Sources and templates that several tests share.</summary>
internal static class Samples
{
    public const string Handlers = """
        namespace Shop;

        public sealed record ApprovalRequest(decimal Amount, string Requester, string? Purpose, int Priority = 1);

        public sealed record ValidatedRequest(decimal Amount);

        public readonly record struct Point(int X, int Y);

        public enum Mode { Fast, Safe }

        public interface IClock
        {
            DateTimeOffset Now { get; }
        }

        public static class Approval
        {
            [StepHandler("validate_request")]
            public static ValidatedRequest Validate(ApprovalRequest request) => new(request.Amount);

            [Decision("routing_decision")]
            public static Decision<ValidatedRequest> Route([FromStep("validate_request")] ValidatedRequest request) =>
                Decision.Skip("none").With(request);

            [StepHandler("notify")]
            public static void Notify([FromStep] Point? autoApprove, [FromInput("who")] string @class, [FromConfig] Mode mode = Mode.Safe)
            {
            }

            [StepHandler("notify", Method = "later")]
            public static async Task NotifyLater(StepContext context, IServiceProvider services, CancellationToken cancellationToken) =>
                await Task.Yield();

            [StepHandler("risk")]
            internal static StepResult<decimal> Risk([FromInput] double? rate = 0.5, [FromConfig] string name = "a\"b") => 1m;

            [StepHandler("give_up")]
            public static StepFailure GiveUp() => StepResult.Failure("no", retryable: false);

            [ApiHandler("fetch_rates", BaseAddress = "https://rates.example/v1", CallTimeoutSeconds = 10)]
            public static Task<Point> FetchRates(Tasker.Http.ApiClient api, Tasker.Json.JsonCodec<Point> point, CancellationToken cancellationToken) =>
                Tasker.Http.ApiClientVerbs.GetAsync(api, "latest", point, cancellationToken);

            [StepHandler("ping")]
            public static void Ping(Tasker.Http.ApiClient api)
            {
            }

            [StepHandler("echo")]
            public static System.Text.Json.JsonElement Echo(System.Text.Json.JsonElement all) => all;
        }

        public sealed class Inventory(IClock clock, string? label = null, int size = 3)
        {
            [BatchAnalyzer("analyze_csv", WorkerTemplate = "process_csv_batch")]
            public BatchPlan<ValidatedRequest> Analyze([FromInput] string csvFilePath, [FromConfig] int batchSize = 200) =>
                BatchPlan.ForItems(batchSize + size + csvFilePath.Length, 10).With(new ValidatedRequest(clock.Now.Year));

            [BatchWorker("process_csv_batch")]
            public async ValueTask<BatchResult<Point>> Process(BatchContext<Point> batch, CancellationToken cancellationToken)
            {
                await Task.Delay(1, cancellationToken);
                return BatchResult.Of(new Point(1, label?.Length ?? 0), batch.Size);
            }

            [StepHandler("aggregate")]
            public Task<int?> Aggregate(BatchResults<Point> all, [FromStep("process_csv_batch")] BatchResults<Point> some, [FromServices] IClock? other) =>
                Task.FromResult<int?>(all.Count + some.Count + (other is null ? 0 : 1));
        }

        public sealed class Plain
        {
            [StepHandler("plain")]
            public string Hello(BatchContext batch) => batch.BatchId;
        }
        """;

    public const string Approval = """
        name: approval_routing
        namespace_name: approvals
        version: 1.2.0
        description: Routes <approvals> & more
        metadata:
          author: someone
          tags: [a, b]
          documentation_url: https://docs.example/approvals
          created_at: "2026-01-31T12:00:00Z"
          updated_at: 2026-02-01T01:30:00.5+02:00
        system_dependencies:
          primary: mail
          secondary: [ledger]
        domain_events:
          - name: approval.done
            description: It is over
            schema: { type: object }
          - name: approval.lost
        input_schema:
          type: object
        lifecycle:
          max_duration_minutes: 60
          max_waiting_for_retry_minutes: 5
          staleness_action: dlq
          auto_dlq_on_timeout: true
        steps:
          - name: validate_request
            description: Checks the request
            handler:
              callable: validate_request
              initialization:
                threshold: 1_000
                limits: [1000, 5000.50, -0x10, 0o17, 1e3, .5]
                text: "1000"
                unicode: "ä\u0001\"\\"
                nothing: ~
                flag: true
            timeout_seconds: 30
            retry:
              retryable: true
              max_attempts: 5
              backoff: linear
              backoff_base_ms: 250
              max_backoff_ms: 10000
          - name: routing_decision
            step_type: decision
            handler:
              callable: routing_decision
            depends_on: [validate_request]
          - name: auto_approve
            handler: { callable: notify, method: later, resolver: none }
            dependencies:
              - routing_decision
            system_dependency: mail
            publishes_events:
              - name: approval.auto
                description: Approved
                condition: always
                delivery_mode: broadcast
                schema: { type: object }
                publisher: custom
            result_schema: { type: object }
            composition: { parts: [a, { b: 1 }] }
          - name: analyze
            type: batchable
            handler: { callable: analyze_csv }
            dependencies: [validate_request]
          - name: process_csv_batch
            type: batch_worker
            handler: { callable: process_csv_batch }
            dependencies: [analyze]
            batch_config:
              batch_size: 200
              parallelism: 5
              cursor_field: row_number
              worker_template: process_csv_batch
              failure_strategy: fail_fast
          - name: aggregate
            type: deferred_convergence
            handler: { callable: aggregate }
            dependencies: [process_csv_batch, auto_approve]
          - name: foreign
            handler: { callable: python_handler }
        environments:
          production:
            steps:
              - name: ALL
                timeout_seconds: 60
              - name: validate_request
                handler:
                  initialization: { threshold: 5 }
                retry: { max_attempts: 9 }
          test:
            steps: []
        """;

    /// <summary>A template that a class declares, with every type of step.</summary>
    public const string ApprovalClass = """
        namespace Acme.Approvals;

        public sealed record Request(decimal Amount, string Requester);

        public sealed record Validated(decimal Amount);

        public sealed record Approval(string By);

        public sealed record Rows(int Count);

        public static partial class Workflows
        {
            [TaskTemplate("approval_routing", Namespace = "approvals", Version = "1.0.0", Description = "Routes: <approvals>", Author = "someone", Tags = ["a", "b"], DocumentationUrl = "https://docs.example")]
            internal static partial class ApprovalSteps
            {
                [StepHandler("validate_request", MaxAttempts = 5, TimeoutSeconds = 30, Backoff = Tasker.Templates.BackoffStrategy.Linear)]
                public static Validated Validate(Request request) => new(request.Amount);

                [Decision("routing_decision")]
                public static Decision Route([FromStep] Validated validateRequest) =>
                    validateRequest.Amount < 1000 ? Decision.Route(Steps.AutoApprove) : Decision.Route("manager_approval");

                [StepHandler("auto_approve", DependsOn = ["routing_decision"])]
                public static Approval AutoApprove() => new("nobody");

                [StepHandler("approve_by_hand", Step = "manager_approval", DependsOn = ["routing_decision"], Retryable = false, MaxAttempts = 1)]
                public static Approval ManagerApprove([FromStep("validate_request")] Validated validated) => new("manager");

                [StepHandler("finalize")]
                public static string Finish([FromStep] Approval? autoApprove, [FromStep] Approval? managerApproval) =>
                    (autoApprove ?? managerApproval)!.By;

                [BatchAnalyzer("plan", WorkerTemplate = "import_rows", DependsOn = ["validate_request"])]
                public static BatchPlan Plan() => BatchPlan.ForItems(10, 5);

                [BatchWorker("import_rows", BatchSize = 5, CursorField = "row_number", FailureStrategy = Tasker.Templates.BatchFailureStrategy.Isolate)]
                public static BatchResult<Rows> Import(BatchContext batch) => BatchResult.Of(new Rows((int)batch.Size), batch.Size);

                [StepHandler("sum")]
                public static int Sum(BatchResults<Rows> rows) => rows.Count;
            }
        }
        """;

    public const string Inputs = """
        name: import
        namespace_name: shop
        version: 1.0.0
        input_schema:
          type: object
          required: [path, price]
          properties:
            path: { type: string, description: The file <path> }
            price: { type: number, format: decimal }
            rate: { type: number }
            count: { type: integer }
            dry_run: { type: boolean }
            tags: { type: array, items: { type: string } }
            options: { type: object }
            clone: { type: string }
        steps:
          - name: steps
            handler: { callable: a }
          - name: to_string
            handler: { callable: b }
        """;

    /// <summary>Schemas with objects in them, of steps that another program runs.</summary>
    public const string Schemas = """
        name: orders
        namespace_name: shop
        version: 1.0.0
        input_schema:
          type: object
          required: [customer]
          properties:
            customer:
              type: object
              description: Who pays
              required: [name]
              properties:
                name: { type: string }
                address: { type: object, properties: { city: { type: string, enum: [Oslo, Rome] } } }
            lines: { type: array, items: { type: object, required: [sku], properties: { sku: { type: string }, count: { type: integer } } } }
        steps:
          - name: charge
            handler: { callable: charge, resolver: python }
            result_schema:
              type: object
              required: [paid]
              properties:
                paid: { type: boolean }
                receipt: { type: object, properties: { id: { type: integer }, receipt: { type: string } } }
          - name: here
            handler: { callable: here }
            result_schema: { type: object, properties: { a: { type: string } } }
          - name: anything
            handler: { callable: anything, resolver: python }
            result_schema: { type: object }
        """;
}
