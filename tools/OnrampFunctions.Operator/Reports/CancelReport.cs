namespace OnrampFunctions.Operator.Reports;

/// <summary>The result of <c>cancel</c>.</summary>
internal sealed record CancelReport(string RequestId, string? OrderId, string? Hash, bool Queued);
