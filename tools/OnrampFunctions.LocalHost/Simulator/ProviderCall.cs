namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>One call of the simulated provider.</summary>
/// <param name="OrderId">The order, named by id or hash.</param>
/// <param name="Operation">The operation.</param>
/// <param name="Fault">The injected fault.</param>
/// <param name="Status">The order's state after the call.</param>
public readonly record struct ProviderCall(string OrderId, ProviderOperation Operation, FaultKind Fault, int Status);
