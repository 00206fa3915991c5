namespace Onramp.Cancellation.Http.Answers;

/// <summary>A request header and what it means.</summary>
public sealed record ApiHeader(string Name, string Meaning);

/// <summary>An answer of a route when nothing is wrong.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Meaning">What it means.</param>
/// <param name="Schema">The schema of its body; null for none of ours.</param>
/// <param name="Headers">Headers that mean something.</param>
public sealed record ApiSuccess(
    int Status,
    string Meaning,
    string? Schema = null,
    params IReadOnlyList<string> Headers
);
