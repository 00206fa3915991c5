namespace OnrampFunctions.LocalHost.Json;

/// <summary>A problem document of the simulator's and the broker's own endpoints.</summary>
internal sealed record ErrorView(string Type, int Status, string Detail);
