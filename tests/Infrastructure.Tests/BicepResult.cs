namespace Infrastructure.Tests;

/// <summary>What the Bicep compiler made of a file.</summary>
/// <param name="Output">JSON; null when it refused the file.</param>
/// <param name="Diagnostics">What it said, a line each; empty when all is well.</param>
internal sealed record BicepResult(string? Output, string Diagnostics);
