using System.Globalization;

namespace Tasker.Samples.Workflow;

/// <summary>The handlers of <c>approval_routing.workflow.yaml</c>.</summary>
public static class ApprovalSteps
{
    private const decimal ManagerThreshold = 1_000m;
    private const decimal FinanceThreshold = 5_000m;

    [StepHandler("validate_request")]
    public static ValidatedRequest Validate(ApprovalRequest request)
    {
        if (request.Amount <= 0)
            throw new ValidationException(string.Create(CultureInfo.InvariantCulture, $"The field 'amount' must be greater than 0, but is {request.Amount}."));
        return new ValidatedRequest(request.Amount, Required(request.Requester, "requester"), Required(request.Purpose, "purpose"));
    }

    [Decision("routing_decision")]
    public static Decision Route([FromStep("validate_request")] ValidatedRequest request) => request.Amount switch
    {
        < ManagerThreshold => Decision.Route(ApprovalRouting.Steps.AutoApprove),
        < FinanceThreshold => Decision.Route(ApprovalRouting.Steps.ManagerApproval),
        _ => Decision.Route(ApprovalRouting.Steps.ManagerApproval, ApprovalRouting.Steps.FinanceReview),
    };

    [StepHandler("auto_approve")]
    public static Approval AutoApprove() => new(Approved: true, "system", "The amount is below the manager's threshold.");

    [StepHandler("manager_approval")]
    public static Approval ApproveAsManager([FromStep("validate_request")] ValidatedRequest request) =>
        new(Approved: true, "manager", $"The manager accepts the purpose: {request.Purpose}.");

    [StepHandler("finance_review")]
    public static Approval ReviewAsFinance([FromStep("validate_request")] ValidatedRequest request) =>
        new(Approved: true, "finance", string.Create(CultureInfo.InvariantCulture, $"The budget covers {request.Amount}."));

    [StepHandler("finalize_approval")]
    public static FinalApproval Finish(
        [FromStep] ValidatedRequest validateRequest,
        [FromStep] Approval? autoApprove,
        [FromStep] Approval? managerApproval,
        [FromStep] Approval? financeReview)
    {
        Approval[] given = [.. new[] { autoApprove, managerApproval, financeReview }.OfType<Approval>()];
        return new FinalApproval(
            given.All(approval => approval.Approved),
            validateRequest.Amount,
            validateRequest.Requester,
            validateRequest.Purpose,
            [.. given.Select(approval => approval.ApprovedBy)]);
    }

    private static string Required(string value, string field) =>
        string.IsNullOrWhiteSpace(value) ? throw new ValidationException($"The field '{field}' must not be empty.") : value;
}
