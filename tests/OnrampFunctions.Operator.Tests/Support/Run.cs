using System.Text.Json.Nodes;

namespace OnrampFunctions.Operator.Tests;

/// <summary>What came of one run of the tool.</summary>
public sealed record Run(int ExitCode, string Out, string Error)
{
    public JsonNode Json => JsonNode.Parse(Out)!;

    /// <summary>The one sentence of a run that went wrong.</summary>
    public string Sentence
    {
        get
        {
            Assert.Equal("", Out);
            return Assert.Single(Error.TrimEnd().Split('\n'));
        }
    }

    /// <summary>
    /// Runs the tool in this process: in a pipe, with nobody to ask and no variable, unless it is changed.
    /// </summary>
    public static async Task<Run> ToolAsync(
        string[] args,
        Func<OperatorEnvironment, OperatorEnvironment>? change = null,
        CancellationTokenSource? interrupted = null
    )
    {
        using StringWriter output = new();
        using StringWriter error = new();
        OperatorEnvironment environment = new() { Out = output, Error = error };
        var exitCode = await OperatorTool
            .RunAsync(args, change?.Invoke(environment) ?? environment, interrupted?.Token ?? CancellationToken.None)
            .WaitAsync(Duty.Patience, Duty.Token);
        return new Run(exitCode, output.ToString(), error.ToString());
    }
}
