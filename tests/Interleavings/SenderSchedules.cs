using Azure.Messaging.ServiceBus;

namespace Onramp.Cancellation.Interleavings;

/// <summary>Events that are published at the same time and share batches.</summary>
internal static class SenderSchedules
{
    private const int Events = 8;

    /// <summary>Each publication ends, with the result of its own message.</summary>
    public static async Task Every_event_is_sent_once_and_every_caller_gets_its_own_result()
    {
        FakeClient client = new();
        using var core = new Core(client: client);
        var topic = core.Get<IOutcomePublisher>();
        using CancellationTokenSource impatient = new();
        var publishing = Enumerable
            .Range(0, Events)
            .Select(number =>
                Task.Run(async () =>
                {
                    try
                    {
                        var token = number == Events - 1 ? impatient.Token : CancellationToken.None;
                        await topic.PublishAsync(Event(number), token);
                        return "sent";
                    }
                    catch (OperationCanceledException)
                    {
                        return "cancelled";
                    }
                    catch (ServiceBusException)
                    {
                        return "failed";
                    }
                })
            )
            .Append(
                Task.Run(async () =>
                {
                    await impatient.CancelAsync();
                    return "";
                })
            )
            .ToArray();
        var results = await Task.WhenAll(publishing);

        for (var number = 0; number < Events; number++)
        {
            var sent = client.Sent.Count(id => id == $"{number}");
            Rule.Holds(sent <= 1, "An event is sent once.");
            Rule.Holds(results[number] != "sent" || sent == 1, "An event that is confirmed is sent.");
            Rule.Holds(results[number] != "failed" || sent == 0, "An event that failed is not sent.");
        }

        Rule.Holds(
            results.Take(Events - 1).All(static result => result != "cancelled"),
            "One caller's cancellation does not affect others."
        );
        Rule.Holds(client.MostAtOnce <= 4, "At most four sends run at the same time.");
    }

    private static OutboundMessage Event(int number) =>
        new()
        {
            MessageId = $"{number}",
            ContentType = "application/json",
            Body = "{}"u8.ToArray(),
        };

    private sealed class FakeClient : ServiceBusClient
    {
        private readonly FakeSender _sender;

        public FakeClient() => _sender = new FakeSender(this);

        public List<string> Sent { get; } = [];

        public int AtOnce { get; set; }

        public int MostAtOnce { get; set; }

        public override ServiceBusSender CreateSender(string queueOrTopicName) => _sender;
    }

    /// <summary>A sender whose second send fails.</summary>
    private sealed class FakeSender(FakeClient client) : ServiceBusSender
    {
        private readonly Dictionary<ServiceBusMessageBatch, List<ServiceBusMessage>> _batches = [];
        private int _sends;

        public override Task SendMessageAsync(
            ServiceBusMessage message,
            CancellationToken cancellationToken = default
        ) => SendAsync([message], cancellationToken);

        public override Task SendMessagesAsync(
            ServiceBusMessageBatch messageBatch,
            CancellationToken cancellationToken = default
        ) => SendAsync(_batches[messageBatch], cancellationToken);

        public override async ValueTask<ServiceBusMessageBatch> CreateMessageBatchAsync(
            CancellationToken cancellationToken = default
        )
        {
            await Task.Yield();
            List<ServiceBusMessage> messages = [];
            var batch = ServiceBusModelFactory.ServiceBusMessageBatch(
                1000,
                messages,
                tryAddCallback: _ => messages.Count < 3
            );
            _batches[batch] = messages;
            return batch;
        }

        private async Task SendAsync(List<ServiceBusMessage> messages, CancellationToken cancellationToken)
        {
            var number = ++_sends;
            client.MostAtOnce = Math.Max(client.MostAtOnce, ++client.AtOnce);
            await Task.Yield();
            client.AtOnce--;
            cancellationToken.ThrowIfCancellationRequested();
            if (number == 2)
            {
                throw new ServiceBusException("Refused.", ServiceBusFailureReason.ServiceBusy);
            }

            client.Sent.AddRange(messages.Select(static message => message.MessageId));
        }
    }
}
