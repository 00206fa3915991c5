using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Onramp;
using Onramp.Cancellation.Orders;

namespace Onramp.Cancellation.Cancelling;

/// <summary>What one getOrder says about an order: it waits for payment, or its state is an outcome.</summary>
public sealed record OrderReading
{
    /// <summary>The outcome of a cancel that this reading ends; null while the order waits for payment.</summary>
    public CancelOutcome? Outcome { get; private init; }

    /// <summary>When the time to pay ends; null when Onramp does not say so, or the order does not wait.</summary>
    public DateTimeOffset? EndTime { get; private init; }

    /// <summary>Whether the order waits for payment.</summary>
    [MemberNotNullWhen(false, nameof(Outcome))]
    public bool IsWaitingForPayment => Outcome is null;

    internal static OrderReading Waiting(DateTimeOffset? endTime) => new() { EndTime = endTime };

    internal static OrderReading Ended(CancelOutcome outcome) => new() { Outcome = outcome };
}

/// <summary>
/// Reads an order with one getOrder, without retries: the caller reads again if the outcome is not final.
/// </summary>
public sealed class OrderReader
{
    private readonly OnrampClient _client;
    private readonly TimeProvider _time;
    private readonly TimeSpan _longestWait;

    internal OrderReader(OnrampClient client, IOptions<OnrampOptions> options, TimeProvider time) =>
        (_client, _time, _longestWait) = (client, time, options.Value.CallTimeout);

    /// <summary>Reads an order. The read waits for its permit as long as a call may take.</summary>
    /// <param name="order">The order.</param>
    /// <param name="line">The line in which the read waits.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>
    /// The reading. An outcome has 1 as <see cref="CancelOutcome.Attempts"/>, as that of an <c>onlyIfUnpaid</c> cancel
    /// that ends at its first read, and 0 if the read got no permit; the caller adds earlier deliveries.
    /// </returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<OrderReading> ReadAsync(
        OrderReference order,
        CallLine line,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(order);
        var read = await _client.CallAsync(
            ProviderOperation.GetOrder,
            order,
            CallWait.For(_longestWait, line, _time),
            cancellationToken
        );
        return OutcomeRules.IsUnpaid(read)
            ? OrderReading.Waiting(read.EndTime)
            : OrderReading.Ended(
                OutcomeRules.Settle(read, cancel: null, before: null) with
                {
                    Attempts = read.IsOverBudget ? 0 : 1,
                    CompletedAt = _time.GetUtcNow(),
                }
            );
    }
}
