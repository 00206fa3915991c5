namespace FunctionsHost;

/// <summary>A Functions app as it is deployed, and how to start it.</summary>
/// <param name="Assembly">Path of the app's assembly; <c>worker.config.json</c> and <c>host.json</c> are in the same
/// folder.</param>
public sealed record WorkerProgram(string Assembly)
{
    /// <summary>
    /// The app settings as environment variables, and other variables of the process. null removes a variable of the
    /// test run.
    /// </summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>The folder of the app.</summary>
    public string Directory => Path.GetDirectoryName(Assembly)!;
}
