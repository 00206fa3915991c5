using Microsoft.Extensions.Logging;
using Polly;

namespace Onramp.Cancellation;

/// <summary>
/// Onramp's order calls, signed. A refused timestamp or signature is mended once, here: the caller sees it only when that did not help.
/// </summary>
internal sealed partial class OnrampClient(
    OnrampTransport transport,
    ProviderPipeline pipeline,
    SigningService signing,
    CredentialStore credentials,
    ProviderClock clock,
    ILogger<OnrampClient> logger) : IDisposable
{
    private readonly SemaphoreSlim _clockGate = new(1, 1);

    private enum Operation
    {
        CancelOrder,
        GetOrder,
    }

    /// <summary>Asks for the cancellation of an order.</summary>
    public ValueTask<ProviderReply> CancelOrderAsync(OrderReference order, CancellationToken cancellationToken)
        => CallAsync(Operation.CancelOrder, order, cancellationToken);

    /// <summary>Reads the state of an order.</summary>
    public ValueTask<ProviderReply> GetOrderAsync(OrderReference order, CancellationToken cancellationToken)
        => CallAsync(Operation.GetOrder, order, cancellationToken);

    public void Dispose() => _clockGate.Dispose();

    private async ValueTask<ProviderReply> CallAsync(Operation operation, OrderReference order, CancellationToken cancellationToken)
    {
        var reply = await CallOnceAsync(operation, order, cancellationToken);
        if (reply.AheadOfTime && await SynchronizeClockAsync(reply.ClockOffset, cancellationToken))
        {
            reply = await CallOnceAsync(operation, order, cancellationToken);
        }

        if (reply is { Kind: ReplyKind.Unauthorized, AheadOfTime: false } && await credentials.ReloadAfterRefusalAsync(reply.SignedWith!, cancellationToken))
        {
            reply = await CallOnceAsync(operation, order, cancellationToken);
        }

        return reply;
    }

    private ValueTask<ProviderReply> CallOnceAsync(Operation operation, OrderReference order, CancellationToken cancellationToken)
        => pipeline.CallAsync(
            static (context, call) => call.client.SendAsync(call.operation, call.order, context.CancellationToken), (client: this, operation, order), cancellationToken);

    private async ValueTask<Outcome<ProviderReply>> SendAsync(Operation operation, OrderReference order, CancellationToken cancellationToken)
    {
        try
        {
            var offset = clock.Offset;
            var signed = signing.Sign(order.Json.Span);
            using var request = operation == Operation.CancelOrder ? transport.CancelOrder(order, signed) : transport.GetOrder(order, signed);
            using var response = await transport.SendAsync(request, cancellationToken);
            using var answer = await transport.ReadAsync(response, cancellationToken);
            var reply = ReplyJudge.Judge(answer.Status, answer.Body, order, answer.RetryAfter);
            return Outcome.FromResult(
                reply.Error is null ? reply : reply with { Error = Withhold(reply.Error, signed), SignedWith = signed.Credentials, ClockOffset = offset });
        }
        catch (Exception exception)
        {
            return NoAnswer(operation.ToString(), exception, cancellationToken);
        }
    }

    /// <summary>Reads Onramp's clock once for all requests that were refused together.</summary>
    private async ValueTask<bool> SynchronizeClockAsync(long refusedOffset, CancellationToken cancellationToken)
    {
        await _clockGate.WaitAsync(cancellationToken);
        try
        {
            if (clock.Offset != refusedOffset)
            {
                return true;
            }

            var reply = await pipeline.CallAsync(static (context, client) => client.ReadClockAsync(context.CancellationToken), this, cancellationToken);
            return reply.Kind == ReplyKind.State;
        }
        finally
        {
            _clockGate.Release();
        }
    }

    private async ValueTask<Outcome<ProviderReply>> ReadClockAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var request = transport.GetServerTime();
            using var response = await transport.SendAsync(request, cancellationToken);
            using var answer = await transport.ReadAsync(response, cancellationToken);
            if (!ServerTime.TryRead(answer.Body, out var serverTime))
            {
                return Outcome.FromResult(ReplyJudge.Unclear("Onramp's clock did not tell the time"));
            }

            clock.Synchronize(serverTime);
            Log.ClockCorrected(logger, clock.Offset);
            return Outcome.FromResult(new ProviderReply(ReplyKind.State));
        }
        catch (Exception exception)
        {
            return NoAnswer("currentTimestamp", exception, cancellationToken);
        }
    }

    /// <summary>A connection that failed is an unclear answer; a cancelled token and a fault in the program stay exceptions.</summary>
    private Outcome<ProviderReply> NoAnswer(string operation, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not (HttpRequestException or IOException) && (exception is not OperationCanceledException || cancellationToken.IsCancellationRequested))
        {
            return Outcome.FromException<ProviderReply>(exception);
        }

        Log.NoAnswer(logger, operation, exception.GetType().Name, exception.Message);
        return Outcome.FromResult(ReplyJudge.Unclear("no answer: the connection failed"));
    }

    /// <summary>A provider that quotes the key or the signature in its error must not get them into our events and logs.</summary>
    private static string Withhold(string error, SignedRequest signed)
        => error
            .Replace(signed.Credentials.ApiKey, "[withheld]", StringComparison.OrdinalIgnoreCase)
            .Replace(signed.Signature, "[withheld]", StringComparison.OrdinalIgnoreCase)
            .Replace(signed.Payload, "[withheld]", StringComparison.Ordinal);

    private static partial class Log
    {
        [LoggerMessage(211, LogLevel.Warning, "No answer from Onramp to {Operation}: {Type}, {Reason}")]
        public static partial void NoAnswer(ILogger logger, string operation, string type, string reason);

        [LoggerMessage(212, LogLevel.Warning, "Our clock is ahead of Onramp's: timestamps are corrected by {Offset} ms from now on")]
        public static partial void ClockCorrected(ILogger logger, long offset);
    }
}
