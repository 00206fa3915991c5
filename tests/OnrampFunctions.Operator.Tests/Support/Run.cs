using System.Text.Json.Nodes;

namespace OnrampFunctions.Operator.Tests;

/// <summary>The result of one run of the tool.</summary>
public sealed record Run(int ExitCode, string Out, string Error)
{
    /// <summary>What the run wrote to its output; a run that wrote nothing fails with its error message.</summary>
    public JsonNode Json => Out.Length > 0 ? JsonNode.Parse(Out)! : throw new InvalidOperationException(Error);

    /// <summary>The error message of a failed run.</summary>
    public string Sentence
    {
        get
        {
            Assert.Equal("", Out);
            return Assert.Single(Error.TrimEnd().Split('\n'));
        }
    }

    /// <summary>
    /// Runs the tool in this process. By default it is not interactive, writes to a pipe and has no environment
    /// variables.
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
            .WaitAsync(OperatorSession.Patience, OperatorSession.Token);
        return new Run(exitCode, output.ToString(), error.ToString());
    }
}
