namespace Onramp.Testing;

/// <summary>A call that the provider received.</summary>
internal sealed record ReceivedCall(string Method, Uri Uri, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string Operation => Uri.Segments[^1];
}

/// <summary>
/// The provider's end of the connection. It answers from a script with one line per call. A call without a line fails
/// the test.
/// </summary>
internal sealed class ScriptedProvider(JumpingClock time) : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<Answer>> _script = [];
    private readonly List<string> _unplanned = [];

    public List<ReceivedCall> Calls { get; } = [];

    /// <summary>Answers every call without a line in the script.</summary>
    public Answer? Otherwise { get; set; }

    public IEnumerable<string> Operations => Calls.Select(call => call.Operation);

    public ScriptedProvider OnCancel(params Answer[] answers) => On("cancelOrder", answers);

    public ScriptedProvider OnGet(params Answer[] answers) => On("getOrder", answers);

    public ScriptedProvider OnClock(params Answer[] answers) => On("currentTimestamp", answers);

    /// <summary>Fails if there was an unplanned call, or if a planned call is missing.</summary>
    public void AssertScriptPlayed()
    {
        Assert.Empty(_unplanned);
        Assert.All(
            _script,
            line =>
                Assert.True(line.Value.Count == 0, $"{line.Key} was called {line.Value.Count} times less than planned")
        );
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var headers = request
            .Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>())
            .ToDictionary(
                header => header.Key,
                header => string.Join(",", header.Value),
                StringComparer.OrdinalIgnoreCase
            );
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var call = new ReceivedCall(request.Method.Method, request.RequestUri!, headers, body);
        return Next(call)(call, time, cancellationToken);
    }

    private Answer Next(ReceivedCall call)
    {
        lock (_lock)
        {
            Calls.Add(call);
            if (_script.TryGetValue(call.Operation, out var answers) && answers.TryDequeue(out var answer))
            {
                return answer;
            }

            if (Otherwise is not null)
            {
                return Otherwise;
            }

            _unplanned.Add(call.Operation);
            return Answers.Json(500, "{}");
        }
    }

    private ScriptedProvider On(string operation, Answer[] answers)
    {
        if (!_script.TryGetValue(operation, out var queue))
        {
            _script[operation] = queue = new Queue<Answer>();
        }

        foreach (var answer in answers)
        {
            queue.Enqueue(answer);
        }

        return this;
    }
}
