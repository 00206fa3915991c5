using System.Text;
using Azure.Messaging.ServiceBus;
using OnrampFunctions.LocalHost.Tests;

namespace OnrampFunctions.Tests.WorkerProcess;

/// <summary>
/// Runs the contract against the real worker, and for messages against the app's function with the real client.
/// </summary>
public sealed class ContractTests(Platform platform, ContractTests.Workers workers)
    : Contract,
        IClassFixture<ContractTests.Workers>
{
    private const string Queue = "contract-requests";
    private const string Topic = "contract-results";

    protected override Task<IContractHost> StartAsync(OutcomeKind leadsTo)
    {
        var order = platform.Local.Simulator.Put("1443");
        order.LeadTo(leadsTo);
        Level level = new(order, workers, platform);

        // Events that the last case did not read.
        _ = level.Events().ToList();
        return Task.FromResult<IContractHost>(level);
    }

    /// <summary>For all cases, which run one after another, with their own queue and topic.</summary>
    public sealed class Workers(Platform platform) : IAsyncLifetime
    {
        public HostedApp App { get; private set; } = null!;

        public HostedApp QueueWorker { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var settings = platform.SettingsOf(Queue, Topic);
            settings["Queue__RetryDelays__0"] = "01:00:00";
            QueueWorker = await Platform.StartQueueWorkerAsync(settings);
            App = await platform.StartAppAsync(settings);
        }

        public async ValueTask DisposeAsync()
        {
            await QueueWorker.DisposeAsync();
            await App.DisposeAsync();
        }
    }

    private sealed class Level(SimulatedOrder order, Workers workers, Platform platform) : IContractHost
    {
        private readonly MessageQueue _requests = platform.Queue(Queue);
        private readonly MessageQueue _outcomes = platform.Queue($"{Topic}/subscriptions/all");

        public int ProviderCalls => order.CancelCalls + order.GetCalls;

        public Task<ContractAnswer> SendAsync(ContractRequest request) =>
            workers.App.Client.SendAsync(request, Platform.Token);

        public async Task<string> DeliverAsync(string body)
        {
            var retries = _requests.Counts.Scheduled;
            await platform.Bus.SendAsync(
                Queue,
                new ServiceBusMessage(Encoding.UTF8.GetBytes(body)) { ContentType = "application/json" }
            );
            await _requests
                .WhenAsync(static counts => counts.IsIdle, Platform.Token)
                .WaitAsync(Platform.Patience, Platform.Token);
            if (_requests.DeadLetters!.TryReceive() is not { } letter)
            {
                return _requests.Counts.Scheduled == retries ? "complete" : "retry";
            }

            _requests.DeadLetters.TryComplete(letter);
            return $"dead-letter {letter.Message.Property("DeadLetterReason")}: {letter.Message.Property("DeadLetterErrorDescription")}";
        }

        public Task<IReadOnlyList<string>> EventsAsync() => Task.FromResult<IReadOnlyList<string>>([.. Events()]);

        public IEnumerable<string> Events()
        {
            while (_outcomes.TryReceive() is { } message)
            {
                _outcomes.TryComplete(message);
                yield return Encoding.UTF8.GetString(message.Message.Body.Span);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
