namespace Tasker.Samples.Workflow;

/// <summary>The context of an approval task.</summary>
public sealed record ApprovalRequest(decimal Amount, string Requester, string Purpose);

/// <summary>A request that passed the checks.</summary>
public sealed record ValidatedRequest(decimal Amount, string Requester, string Purpose);

/// <summary>One approval of a request.</summary>
public sealed record Approval(bool Approved, string ApprovedBy, string Note);

/// <summary>The end of a request.</summary>
public sealed record FinalApproval(bool Approved, decimal Amount, string Requester, string Purpose, IReadOnlyList<string> ApprovedBy);
