namespace Infrastructure.Tests;

/// <summary>The result of the Bicep compiler for a file.</summary>
/// <param name="Output">JSON, or null if there were errors.</param>
/// <param name="Diagnostics">The diagnostics, one per line, or empty.</param>
internal sealed record BicepResult(string? Output, string Diagnostics);
