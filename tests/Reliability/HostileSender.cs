using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Messaging.ServiceBus;

namespace Reliability;

/// <summary>
/// An attacker who may send to the queue and even sees all of its messages. While everything else fails, it tries to
/// make other requests vanish, to change them, and to impersonate their callers. Each of its messages is about its own
/// order, which the provider does not know, and must end as one request from an unnamed sender and nothing else.
/// </summary>
internal sealed class HostileSender : IAsyncDisposable
{
    /// <summary>The number of messages for one attack.</summary>
    private const int Every = 12;

    // Outside the range of the planned requests' orders.
    private const long FirstOrder = 900_000_000_000;

    private static readonly string[] History =
    [
        "delivery",
        "attempts",
        "line",
        "retryingSince",
        "outcome",
        "publications",
        "historyMac",
    ];

    private static readonly string[] Identity =
    [
        "requestId",
        "requestedAt",
        "source",
        "caller",
        "version",
        "identityMac",
    ];

    private readonly BrokerClient _broker;
    private readonly ConcurrentQueue<BrokerMessage> _seen = [];
    private readonly SemaphoreSlim _work = new(0);
    private readonly ConcurrentDictionary<string, string> _sent = [];
    private readonly HashSet<string> _ended = [];
    private readonly ConcurrentDictionary<string, List<string>> _stories = [];
    private int _count;

    public HostileSender(LocalApp host, TimeProvider time)
    {
        _broker = new BrokerClient(host, time);
        host.Broker.Requests.Accepted += Watch;
    }

    /// <summary>The attacks so far.</summary>
    public int Attacks => _sent.Count;

    /// <summary>Whether an order belongs to this sender.</summary>
    public static bool IsAbout(string reference) =>
        long.TryParse(reference, NumberStyles.None, CultureInfo.InvariantCulture, out var order) && order >= FirstOrder;

    /// <summary>Attacks until cancelled. An attack in progress is completed.</summary>
    public async Task RunAsync(CancellationToken stop, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _work.WaitAsync(stop);
                if (_seen.TryDequeue(out var victim))
                {
                    await AttackAsync(victim, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
            when (stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // All requests have been made.
        }
    }

    /// <summary>Attacks without any result, whose message has vanished.</summary>
    public IEnumerable<string> Vanished =>
        _sent
            .Keys.Except(_ended)
            .Select(order =>
                $"the message about order {order} came to no event and no dead letter: {string.Join("; ", StoryOf(order))}"
            );

    /// <summary>Records what happened to an attack.</summary>
    public void Happened(string order, TimeSpan at, string what) =>
        StoryOf(order).Add($"{at.TotalSeconds:0.000} s: {what}");

    /// <summary>
    /// Records that a message about an order is in the dead-letter queue, where it belongs if its outcome could not be
    /// published.
    /// </summary>
    public void AddDeadLetter(string order) => _ended.Add(order);

    /// <summary>What is wrong with the result of an attack, or null if it was an ordinary request.</summary>
    public string? Check(string order, ReceivedEvent sent)
    {
        _ended.Add(order);
        if (sent.Caller is not null)
        {
            return $"an attack about order {order} was published as that of {sent.Caller}";
        }

        if (_sent.TryGetValue(order, out var id) && sent.RequestId != id)
        {
            return $"an attack about order {order} was published as request {sent.RequestId}";
        }

        return sent.Outcome is "not_found" or "failed"
            ? null
            : $"an attack about order {order} was published as {sent.Outcome}";
    }

    private List<string> StoryOf(string order) => _stories.GetOrAdd(order, static _ => []);

    public async ValueTask DisposeAsync()
    {
        _work.Dispose();
        await _broker.DisposeAsync();
    }

    private void Watch(BrokerMessage message)
    {
        if (Interlocked.Increment(ref _count) % Every == 0 && !IsOwn(message))
        {
            _seen.Enqueue(message);
            _work.Release();
        }
    }

    private static bool IsOwn(BrokerMessage message) =>
        Encoding.UTF8.GetString(message.Body.Span).Contains($"\"{FirstOrder / 1_000_000}", StringComparison.Ordinal);

    private async Task AttackAsync(BrokerMessage victim, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _count);
        var order = (FirstOrder + number).ToString(CultureInfo.InvariantCulture);
        ServiceBusMessage attack = new($$"""{"orderId":"{{order}}"}""")
        {
            MessageId = $"hostile-{order}",
            ContentType = "application/json",
        };
        switch (number % 5)
        {
            case 0:
                // As another request, with everything in its message.
                Copy(victim, attack, [.. Identity, .. History]);
                break;
            case 1:
                // As another caller, without proof.
                Set(attack, "caller", "shop");
                Set(attack, "requestId", victim.Property("onrampCancel_requestId") ?? victim.MessageId);
                Set(attack, "requestedAt", "2001-01-01T00:00:00Z");
                break;
            case 2:
                // With an id that the next copy of another message would have if it were a digest of visible data.
                Copy(victim, attack, History);
                var next = victim.Property("onrampCancel_delivery") is int delivery ? delivery + 1 : 2;
                attack.MessageId = Unused(
                    Digest("copy", $"{victim.Property("onrampCancel_line") ?? number}", $"{next}"),
                    attack.MessageId
                );
                break;
            case 3:
                // At the end of a forged schedule, with a forged outcome.
                Set(attack, "delivery", 999_999);
                Set(attack, "attempts", 999_999);
                Set(attack, "line", $"{victim.Property("onrampCancel_line") ?? number}");
                Set(
                    attack,
                    "outcome",
                    """{"Kind":"Cancelled","OrderStatus":"Cancelled","Attempts":1,"CompletedAt":"2026-01-01T00:00:00+00:00"}"""
                );
                Set(attack, "identityMac", new string('0', 64));
                Set(attack, "historyMac", new string('0', 64));
                break;
            default:
                // With unexpected values.
                Set(attack, "delivery", double.NaN);
                Set(attack, "publications", long.MinValue);
                Set(attack, "retryingSince", DateTimeOffset.MinValue);
                Set(attack, "requestId", new string('x', 4000));
                Set(attack, "historyMac", "é");
                break;
        }

        _sent[order] = attack.MessageId;
        await _broker.SendUntilTakenAsync(attack, cancellationToken);
    }

    /// <summary>An id that no attack has used yet, because the queue would drop a duplicate.</summary>
    private string Unused(string id, string otherwise) => _sent.Values.Contains(id) ? otherwise : id;

    private static void Copy(BrokerMessage from, ServiceBusMessage to, string[] names)
    {
        foreach (var name in names)
        {
            if (from.Property($"onrampCancel_{name}") is { } value)
            {
                Set(to, name, value);
            }
        }
    }

    private static void Set(ServiceBusMessage message, string name, object value) =>
        message.ApplicationProperties[$"onrampCancel_{name}"] = value;

    private static string Digest(params string[] parts) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(parts.Select(static part => $"{part.Length}:{part}"))))
        );
}
