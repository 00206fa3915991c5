namespace Infrastructure.Tests;

/// <summary>What one run of the Bicep command line gave.</summary>
internal sealed record BicepResult(int ExitCode, string Output, string Errors);
