namespace OnrampFunctions.LocalHost.Tests;

/// <summary>
/// One request of an .http file, with the name of its response for later requests, and the expected response, both from
/// its comments.
/// </summary>
public sealed record SampleRequest(
    string? Name,
    HttpMethod Method,
    string Path,
    IReadOnlyList<(string Name, string Value)> Headers,
    string Body,
    int ExpectedStatus,
    string ExpectedText
);

/// <summary>
/// Parses .http files of editors: requests separated by <c>###</c>, comments after <c>#</c>, variables in double
/// braces.
/// </summary>
public static class HttpFile
{
    public static IReadOnlyList<SampleRequest> Read(string path) =>
        [.. File.ReadAllText(path).Split("\n###").Skip(1).Select(Parse)];

    private static SampleRequest Parse(string text)
    {
        // The first line is the rest of the separator, the title of the request.
        var lines = text.Split('\n')[1..];
        var expectation = Comment("# Expect: ")!;
        var request = lines.Where(line => !line.StartsWith('#')).ToArray();
        var start = request[0].Split(' ');
        var blank = Array.IndexOf(request, "");
        return new SampleRequest(
            Comment("# @name "),
            new HttpMethod(start[0]),
            start[1].Replace("{{host}}", "", StringComparison.Ordinal),
            [.. request[1..blank].Select(line => line.Split(": ", 2)).Select(pair => (pair[0], pair[1]))],
            string.Join('\n', request[(blank + 1)..]).Trim(),
            int.Parse(expectation[..3]),
            expectation[3..].Trim()
        );

        string? Comment(string start) =>
            lines.SingleOrDefault(line => line.StartsWith(start, StringComparison.Ordinal))?[start.Length..];
    }
}
