using Microsoft.Extensions.Logging;
using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Signing;
using Onramp.Cancellation.Telemetry;
using Polly;

namespace Onramp.Cancellation.Onramp;

/// <summary>
/// Makes Onramp's signed order calls. If Onramp refuses the timestamp, the clock is resynchronized once and the call
/// retried; if it refuses the signature, every other candidate pair is tried. The caller sees the refusal only if all
/// of that fails.
/// </summary>
internal sealed partial class OnrampClient(
    OnrampTransport transport,
    ProviderPipeline pipeline,
    SigningService signing,
    CredentialStore credentials,
    ProviderClock clock,
    CancellationMetrics metrics,
    TimeProvider time,
    ILogger<OnrampClient> logger
) : IDisposable
{
    private static readonly ProviderReply NoPair = new(ReplyKind.Unauthorized)
    {
        Error = "Key Vault has no valid API key and secret",
    };

    private readonly SemaphoreSlim _clockGate = new(1, 1);

    /// <summary>Makes a call whose body names an order.</summary>
    public ValueTask<ProviderReply> CallAsync(
        ProviderOperation operation,
        OrderReference order,
        CallWait wait,
        CancellationToken cancellationToken
    ) => CallAsync(operation, order.Json, order, wait, cancellationToken);

    /// <summary>Makes a signed call.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="body">The body: compact UTF-8 JSON.</param>
    /// <param name="order">The order that the call is about; null for none.</param>
    /// <param name="wait">How the call waits for its permit.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async ValueTask<ProviderReply> CallAsync(
        ProviderOperation operation,
        ReadOnlyMemory<byte> body,
        OrderReference? order,
        CallWait wait,
        CancellationToken cancellationToken
    )
    {
        var reply = await CallOnceAsync(operation, body, order, pair: null, wait, cancellationToken);
        if (reply.IsAboutTime && await SynchronizeClockAsync(reply.ClockReading, wait, cancellationToken))
        {
            reply = await CallOnceAsync(operation, body, order, reply.SignedWith, wait, cancellationToken);
        }

        if (reply is { Kind: ReplyKind.Unauthorized, IsAboutTime: false })
        {
            List<ApiCredentials> refused = [];
            do
            {
                refused.AddRange(reply.SignedWith is null ? [] : [reply.SignedWith]);
                if (await credentials.FindOtherAsync(refused, cancellationToken) is not { } other)
                {
                    break;
                }

                reply = await CallOnceAsync(operation, body, order, other, wait, cancellationToken);
            } while (reply is { Kind: ReplyKind.Unauthorized, IsAboutTime: false });
        }

        return reply;
    }

    public void Dispose() => _clockGate.Dispose();

    /// <param name="operation">The operation.</param>
    /// <param name="body">The body.</param>
    /// <param name="order">The order that the call is about; null for none.</param>
    /// <param name="pair">The pair to sign with; null for the current one.</param>
    /// <param name="wait">How the call waits for its permit.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    private ValueTask<ProviderReply> CallOnceAsync(
        ProviderOperation operation,
        ReadOnlyMemory<byte> body,
        OrderReference? order,
        ApiCredentials? pair,
        CallWait wait,
        CancellationToken cancellationToken
    )
    {
        if (!operation.IsSigned)
        {
            return CallAsync(null, cancellationToken);
        }

        return (pair ?? signing.Pair) is { } current ? CallAsync(current, cancellationToken) : new(NoPair);

        ValueTask<ProviderReply> CallAsync(ApiCredentials? pair, CancellationToken cancellationToken) =>
            pipeline.CallAsync(
                static (context, call) =>
                    call.client.SendAsync(call.operation, call.body, call.order, call.pair, context),
                (client: this, operation, body, order, pair),
                wait,
                cancellationToken
            );
    }

    private async ValueTask<Outcome<ProviderReply>> SendAsync(
        ProviderOperation operation,
        ReadOnlyMemory<byte> body,
        OrderReference? order,
        ApiCredentials? pair,
        ResilienceContext context
    )
    {
        var cancellationToken = context.CancellationToken;
        SignedRequest signed = default;
        using var watched = ProviderCallTelemetry.Begin(operation, metrics, time);
        watched?.Waited(context.Properties.GetValue(ProviderPipeline.PermitWait, TimeSpan.Zero));
        try
        {
            var reading = clock.Reading;
            if (pair is not null)
            {
                signed = signing.Sign(pair, body.Span);
            }

            using var request = transport.Create(operation, body, signed);
            watched?.Sends(request);
            using var response = await transport.SendAsync(request, cancellationToken);
            watched?.Answered((int)response.StatusCode);
            var answer = await transport.ReadAsync(response, cancellationToken);
            var reply = operation.Judge(answer, order, signed);
            watched?.Judged(reply.Kind);
            if (reply.Kind == ReplyKind.State && pair is not null)
            {
                credentials.Accepted(pair);
            }

            return Outcome.FromResult(
                reply.Kind == ReplyKind.Unauthorized
                    ? reply with
                    {
                        SignedWith = signed.Credentials,
                        ClockReading = reading,
                    }
                    : reply
            );
        }
        catch (Exception exception)
        {
            return NoAnswer(
                operation,
                exception,
                signed.IsSigned ? ErrorText.Safe(exception.Message, signed, order) : LogText.Of(exception.Message),
                cancellationToken
            );
        }
    }

    /// <summary>Reads Onramp's clock once for all requests that were refused at the same time.</summary>
    private async ValueTask<bool> SynchronizeClockAsync(
        int refusedReading,
        CallWait wait,
        CancellationToken cancellationToken
    )
    {
        await _clockGate.WaitAsync(cancellationToken);
        try
        {
            if (clock.Reading != refusedReading)
            {
                return true;
            }

            var reply = await CallOnceAsync(
                ProviderOperation.CurrentTimestamp,
                body: default,
                order: null,
                pair: null,
                wait,
                cancellationToken
            );
            if (reply.ServerTime is not { } serverTime || !clock.TrySynchronize(serverTime))
            {
                return false;
            }

            Log.ClockCorrected(logger, clock.Offset);
            return true;
        }
        finally
        {
            _clockGate.Release();
        }
    }

    /// <summary>
    /// Turns a failed connection into an unclear answer. A cancelled token and a bug in the program remain exceptions.
    /// An exception's message may quote received data, so secrets are removed from the logged reason.
    /// </summary>
    private Outcome<ProviderReply> NoAnswer(
        ProviderOperation operation,
        Exception exception,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (
            exception is not (HttpRequestException or IOException)
            && (exception is not OperationCanceledException || cancellationToken.IsCancellationRequested)
        )
        {
            return Outcome.FromException<ProviderReply>(exception);
        }

        Log.NoAnswer(logger, operation.Name, exception.GetType().Name, reason);
        return Outcome.FromResult(ReplyJudge.Down(CallFault.Describe(exception)));
    }

    private static partial class Log
    {
        [LoggerMessage(211, LogLevel.Warning, "No answer from Onramp to {Operation}: {Type}, {Reason}")]
        public static partial void NoAnswer(ILogger logger, string operation, string type, string? reason);

        [LoggerMessage(
            212,
            LogLevel.Warning,
            "Our clock differs from Onramp's: timestamps are corrected by {Offset} ms from now on"
        )]
        public static partial void ClockCorrected(ILogger logger, long offset);
    }
}
