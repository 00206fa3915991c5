using System.Text;

namespace Onramp.Cancellation.Tests;

/// <summary>Texts from outside with line breaks: none of them begins a line of the log.</summary>
public sealed class LogLineTests
{
    private const string Forged = "\r\nforged";
    private const string Cancel = """{"orderId":"1443"}""";

    /// <summary>Where a text comes from, and the event id of the line that has it.</summary>
    private static readonly Dictionary<string, (int EventId, Func<Service, Task> Play)> Sources = new()
    {
        ["the id of a message"] = (301, static service => service.HandleAsync(Cancel, messageId: $"id{Forged}")),
        ["the id of an invalid message"] = (401, static service => service.HandleAsync("{}", messageId: $"id{Forged}")),
        ["a field of an invalid message"] = (
            401,
            static service => service.HandleAsync("""{"orderId":"1443","a\r\nforged":1}""")
        ),
        ["the id of a message with foreign properties"] = (
            406,
            static service =>
                service.HandleAsync(Cancel, messageId: $"id{Forged}", properties: ("onrampCancel_caller", "shop"))
        ),
        ["the id of a message that cannot be handled"] = (
            402,
            static service =>
            {
                service.Queue.NamespaceFault = new InvalidOperationException();
                return service.HandleAsync(Cancel, messageId: $"id{Forged}");
            }
        ),
        ["the name of a caller"] = (
            301,
            static service =>
                service.SendAsync(
                    new ContractRequest
                    {
                        Body = Encoding.UTF8.GetBytes(Cancel),
                        Headers = [("X-MS-CLIENT-PRINCIPAL-ID", $"shop{Forged}")],
                    }
                )
        ),
        ["the id of a request that is scheduled again"] = (
            404,
            static service =>
            {
                service.Provider.Otherwise = Answers.HtmlPage;
                return service.HandleAsync(Cancel, messageId: $"id{Forged}");
            }
        ),
        ["the id of a request that cannot be scheduled again"] = (
            403,
            static service =>
            {
                service.Provider.Otherwise = Answers.HtmlPage;
                service.Queue.Refuses = true;
                return service.HandleAsync(Cancel, messageId: $"id{Forged}");
            }
        ),
        ["the id of a request whose event is refused"] = (
            302,
            static service =>
            {
                service.Topic.Refuses = true;
                return service.HandleAsync(Cancel, messageId: $"id{Forged}");
            }
        ),
        ["the words of the provider"] = (
            404,
            static service =>
            {
                service.Provider.Otherwise = Answers.Error(500, """out of order\r\nforged""");
                return service.HandleAsync(Cancel);
            }
        ),
        ["an error of the network"] = (
            211,
            static service =>
            {
                service.Provider.Otherwise = static (_, _, _) => throw new HttpRequestException($"invalid{Forged}");
                return service.HandleAsync(Cancel);
            }
        ),
        ["an error of the network at the provider's clock"] = (
            211,
            static service =>
            {
                service.Provider.Otherwise = static (call, time, token) =>
                    call.Operation == "currentTimestamp"
                        ? throw new HttpRequestException($"invalid{Forged}")
                        : Answers.AheadOfTime(call, time, token);
                return service.HandleAsync(Cancel);
            }
        ),
        ["an origin"] = (
            605,
            static service =>
                service.SendAsync(
                    new ContractRequest
                    {
                        Method = "OPTIONS",
                        ContentType = null,
                        Headers = [("WebHook-Request-Origin", $"host{Forged}")],
                    }
                )
        ),
        ["an error of an upload"] = (
            603,
            static service => service.PostAsync("", static with => with with { Body = new BrokenBody() })
        ),
        ["an error of the tables"] = (
            812,
            static service =>
            {
                service.Rows.FaultOf = static (_, _) => throw new IOException($"broken{Forged}");
                return service.PostAsync(Cancel, static with => with with { IdempotencyKey = "key-1" });
            }
        ),
        ["the id of an event that is foreign"] = (
            821,
            static service => RecordAsync(service, new InboundMessage { MessageId = $"id{Forged}", Body = default })
        ),
        ["the id of a request that cannot be recorded"] = (
            822,
            static async service =>
            {
                await service.HandleAsync(Cancel, messageId: $"id{Forged}");
                service.Rows.FaultOf = static (_, _) => throw new IOException($"broken{Forged}");
                await RecordAsync(service, QueueTests.Deliver(service.Topic.Events[0]));
            }
        ),
        ["a code of the vault"] = (
            103,
            static service =>
            {
                service.Vault.Fault = static _ =>
                    FakeVault.Json(400, """{"error":{"code":"Bad\r\nforged","message":"no"}}""");
                service.Refresh(() => service.Log.Lines.Any(static line => line.Id == 103));
                return Task.CompletedTask;
            }
        ),
    };

    public static TheoryData<string> Names => [.. Sources.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Cannot_forge_a_line_of_the_log(string source)
    {
        await using var service = await Service.StartAsync(
            ("Callers__TrustPrincipal", "true"),
            ("Onramp__MaxRetries", "0")
        );
        service.Provider.Otherwise = Answers.Cancelled;

        await Sources[source].Play(service);

        // The text of an exception follows its line.
        var lines = service.Log.Lines.Where(line => line.Id == Sources[source].EventId).ToList();
        Assert.NotEmpty(lines);
        Assert.Contains(lines, static line => line.Text.Contains("forged", StringComparison.Ordinal));
        Assert.All(
            lines,
            static line => Assert.DoesNotContain("\nforged", line.Text.Split("   at ")[0], StringComparison.Ordinal)
        );
    }

    private static Task<bool> RecordAsync(Service service, InboundMessage message) =>
        service.Get<OutcomeRecorder>().TryRecordAsync(message, TestContext.Current.CancellationToken);

    private sealed class BrokenBody : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException($"chunk{Forged}");
    }
}
