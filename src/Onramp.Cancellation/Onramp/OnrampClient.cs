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
        if (reply.IsAboutTime && await SynchronizeClockAsync(reply.ClockReading, cancellationToken))
        {
            reply = await CallOnceAsync(operation, order, cancellationToken);
        }

        if (reply is { Kind: ReplyKind.Unauthorized, IsAboutTime: false } && await credentials.ReloadAfterRefusalAsync(reply.SignedWith!, cancellationToken))
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
        SignedRequest signed = default;
        int reading;
        try
        {
            reading = clock.Reading;
            signed = signing.Sign(order.Json.Span);
            using var request = operation == Operation.CancelOrder ? transport.CancelOrder(order, signed) : transport.GetOrder(order, signed);
            using var response = await transport.SendAsync(request, cancellationToken);
            using var answer = await transport.ReadAsync(response, cancellationToken);
            var reply = ReplyJudge.Judge(answer.Status, answer.Body, order, signed, answer.RetryAfter);
            return Outcome.FromResult(reply.Kind == ReplyKind.Unauthorized ? reply with { SignedWith = signed.Credentials, ClockReading = reading } : reply);
        }
        catch (Exception exception)
        {
            return NoAnswer(operation.ToString(), exception, signed.IsSigned ? ErrorText.Safe(exception.Message, signed, order) : exception.Message, cancellationToken);
        }
    }

    /// <summary>Reads Onramp's clock once for all requests that were refused together.</summary>
    private async ValueTask<bool> SynchronizeClockAsync(int refusedReading, CancellationToken cancellationToken)
    {
        await _clockGate.WaitAsync(cancellationToken);
        try
        {
            if (clock.Reading != refusedReading)
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
            if (!ReplyEnvelope.TryRead(answer.Body, out var envelope) || envelope is not { Status: 1, Time: { } serverTime } || !clock.TrySynchronize(serverTime))
            {
                return Outcome.FromResult(ReplyJudge.Unclear("Onramp's clock did not tell the time"));
            }

            Log.ClockCorrected(logger, clock.Offset);
            return Outcome.FromResult(new ProviderReply(ReplyKind.State));
        }
        catch (Exception exception)
        {
            return NoAnswer("currentTimestamp", exception, exception.Message, cancellationToken);
        }
    }

    /// <summary>
    /// A connection that failed is an unclear answer; a cancelled token and a fault in the program stay exceptions. What the exception says may quote
    /// what was received, so the reason comes without what must not be logged.
    /// </summary>
    private Outcome<ProviderReply> NoAnswer(string operation, Exception exception, string? reason, CancellationToken cancellationToken)
    {
        if (exception is not (HttpRequestException or IOException or InvalidDataException) && (exception is not OperationCanceledException || cancellationToken.IsCancellationRequested))
        {
            return Outcome.FromException<ProviderReply>(exception);
        }

        Log.NoAnswer(logger, operation, exception.GetType().Name, reason);
        return Outcome.FromResult(ReplyJudge.Down("no answer: the connection failed"));
    }

    private static partial class Log
    {
        [LoggerMessage(211, LogLevel.Warning, "No answer from Onramp to {Operation}: {Type}, {Reason}")]
        public static partial void NoAnswer(ILogger logger, string operation, string type, string? reason);

        [LoggerMessage(212, LogLevel.Warning, "Our clock differs from Onramp's: timestamps are corrected by {Offset} ms from now on")]
        public static partial void ClockCorrected(ILogger logger, long offset);
    }
}
