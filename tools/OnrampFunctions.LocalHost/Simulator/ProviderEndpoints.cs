using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;

namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>The provider's paths, served by the simulator.</summary>
internal sealed partial class ProviderEndpoints(OnrampSimulator simulator, FaultInjector faults, TimeProvider clock)
{
    private const int MaxBodyBytes = 64 * 1024;

    private readonly FaultyAnswers _faulty = new(faults);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Map("/onramp-merchants/widget/cancelOrder", context => HandleAsync(context, ProviderOperation.Cancel));
        routes.Map("/onramp-merchants/widget/getOrder", context => HandleAsync(context, ProviderOperation.Get));
        routes.MapGet("/onramp/api/v2/common/public/currentTimestamp", ReadClockAsync);

        // The answer of the real front proxy to any other path.
        routes.Map("/onramp-merchants/{**rest}", context => WriteAsync(context, ProviderAnswer.Html(404, "Not Found")));
        routes.Map("/onramp/{**rest}", context => WriteAsync(context, ProviderAnswer.Html(404, "Not Found")));
    }

    /// <summary>
    /// Merges slashes of the provider's paths before routing, as the real front proxy does: the vendor's Node sample
    /// calls <c>/onramp-merchants//widget/cancelOrder</c>.
    /// </summary>
    public static Task MergeSlashesAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value!;
        if (
            path.Contains("//", StringComparison.Ordinal)
            && Slashes().Replace(path, "/") is var merged
            && OfProvider().IsMatch(merged)
        )
        {
            context.Request.Path = merged;
        }

        return next(context);
    }

    private Task ReadClockAsync(HttpContext context)
    {
        simulator.CountClockRead();
        return WriteAsync(context, ProviderAnswer.Clock(simulator.Now));
    }

    private async Task HandleAsync(HttpContext context, ProviderOperation operation)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            await WriteAsync(context, ProviderAnswer.Html(404, "Not Found"));
            return;
        }

        SeenCall seen = new(operation, context.Request.Headers, clock.GetUtcNow());
        simulator.Report(seen);
        using var document = await ReadAsync(context);
        var order = Find(document);
        seen.OrderId = order?.OrderId;
        var fault = FaultKind.None;
        var takesEffect = true;
        var call = 0;
        if (order is not null)
        {
            call = order.CountCall(operation);
            var planned = order.TakePlanned(operation);
            fault = planned?.Kind ?? faults.ForCall(operation, order.OrderId, call);
            takesEffect =
                fault.TakesEffect()
                || (planned is null && fault.MayTakeEffect() && Draw("effect", operation, order, call) < 0.5);
            if (order.TakeHeld(operation) is { } held)
            {
                await held.PassAsync(context.RequestAborted);
            }
        }

        var answer = takesEffect
            ? Answer(context, operation, document, order)
            : ProviderAnswer.Error(500, "Internal Server Error");
        if (order is not null)
        {
            simulator.Report(order, operation, fault);
            answer = fault == FaultKind.None ? answer : Spoil(fault, answer, seen.Headers, operation, order, call);
        }

        try
        {
            await WriteFaultedAsync(context, fault, answer);
        }
        finally
        {
            seen.End = new CallEnd(fault.HasNoAnswer() ? null : answer.StatusCode, fault, clock.GetUtcNow());
        }
    }

    private ProviderAnswer Answer(
        HttpContext context,
        ProviderOperation operation,
        JsonDocument? document,
        SimulatedOrder? order
    )
    {
        if (
            RequestVerifier.FindFault(
                context.Request.Headers,
                document?.RootElement,
                simulator.Credentials,
                simulator.Now
            ) is
            { } refusal
        )
        {
            return refusal;
        }

        var root = document!.RootElement;
        var byId = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("orderId", out _);
        var byHash = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("hash", out _);
        if (byId == byHash)
        {
            return ProviderAnswer.Error(400, "Either orderId or hash must be given");
        }

        if (root.GetProperty(byId ? "orderId" : "hash").ValueKind != JsonValueKind.String)
        {
            return ProviderAnswer.Error(409, "orderId and hash must be strings");
        }

        return (operation, order) switch
        {
            (_, null) => ProviderAnswer.Error(417, "Order does not exist"),
            (ProviderOperation.Get, _) => ProviderAnswer.Read(order),
            _ when order.TryCancel() => ProviderAnswer.Cancelled(order),

            // The vendor does not document these; nothing may depend on them.
            _ when order.Status == OrderStates.Cancelled => ProviderAnswer.Error(417, "Order is already cancelled"),
            _ => ProviderAnswer.StatusZero($"Order can not be cancelled: it is {OrderStates.Describe(order.Status)}"),
        };
    }

    private ProviderAnswer Spoil(
        FaultKind fault,
        ProviderAnswer correct,
        SignedHeaders headers,
        ProviderOperation operation,
        SimulatedOrder order,
        int call
    )
    {
        faults.Count(fault);
        return _faulty.Of(fault, correct, headers, order, what => Draw(what, operation, order, call));
    }

    private async Task WriteFaultedAsync(HttpContext context, FaultKind fault, ProviderAnswer answer)
    {
        switch (fault)
        {
            case FaultKind.Slow:
                await Task.Delay(faults.Settings.SlowFor, clock, context.RequestAborted);
                break;
            case FaultKind.Hang:
                await Task.Delay(Timeout.InfiniteTimeSpan, clock, context.RequestAborted);
                break;
            case FaultKind.Reset or FaultKind.AnswerLost:
                context.Abort();
                return;
        }

        await WriteAsync(context, answer);
    }

    private double Draw(string what, ProviderOperation operation, SimulatedOrder order, int call) =>
        SeededChoice.Draw(faults.Settings.Seed, $"{what}:{operation}", order.OrderId, call);

    private SimulatedOrder? Find(JsonDocument? document)
    {
        if (document is not { RootElement: { ValueKind: JsonValueKind.Object } root })
        {
            return null;
        }

        if (root.TryGetProperty("orderId", out var orderId) && orderId.ValueKind == JsonValueKind.String)
        {
            return simulator.TryGet(orderId.GetString()!, out var byId) ? byId : null;
        }

        return
            root.TryGetProperty("hash", out var hash)
            && hash.ValueKind == JsonValueKind.String
            && simulator.TryGetByHash(hash.GetString()!, out var byHash)
            ? byHash
            : null;
    }

    private static async Task<JsonDocument?> ReadAsync(HttpContext context)
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = MaxBodyBytes;
        try
        {
            return await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task WriteAsync(HttpContext context, ProviderAnswer answer)
    {
        var response = context.Response;
        response.StatusCode = answer.StatusCode;
        response.ContentType = answer.ContentType;
        response.ContentLength = answer.Body.Length;
        if (answer.ContentEncoding is { } coding)
        {
            response.Headers.ContentEncoding = coding;
        }

        if (answer.RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        await response.BodyWriter.WriteAsync(answer.Body, context.RequestAborted);
    }

    [GeneratedRegex("/{2,}")]
    private static partial Regex Slashes();

    [GeneratedRegex("^/onramp(-merchants)?/", RegexOptions.IgnoreCase)]
    private static partial Regex OfProvider();
}
