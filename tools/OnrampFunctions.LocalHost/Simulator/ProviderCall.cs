namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>One call that the simulated provider got.</summary>
/// <param name="OrderId">The order it named, by id or by hash.</param>
/// <param name="Operation">What was asked.</param>
/// <param name="Fault">What goes wrong with it.</param>
/// <param name="Status">The order's state after it.</param>
public readonly record struct ProviderCall(string OrderId, ProviderOperation Operation, FaultKind Fault, int Status);
