using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Signing;

namespace Onramp.Cancellation.Onramp;

/// <summary>An operation of Onramp's API: its address, its method, and how its answers are judged.</summary>
internal sealed class ProviderOperation
{
    /// <summary>Cancels an order.</summary>
    public static readonly ProviderOperation CancelOrder = new()
    {
        Name = "cancelOrder",
        Method = HttpMethod.Post,
        Path = "/onramp-merchants/widget/cancelOrder",
        IsSigned = true,
        Judge = ReplyJudge.Order,
    };

    /// <summary>Reads the state of an order.</summary>
    public static readonly ProviderOperation GetOrder = new()
    {
        Name = "getOrder",
        Method = HttpMethod.Post,
        Path = "/onramp-merchants/widget/getOrder",
        IsSigned = true,
        Judge = ReplyJudge.Order,
    };

    /// <summary>Reads Onramp's clock.</summary>
    public static readonly ProviderOperation CurrentTimestamp = new()
    {
        Name = "currentTimestamp",
        Method = HttpMethod.Get,
        Path = "/onramp/api/v2/common/public/currentTimestamp",
        IsSigned = false,
        Judge = ReplyJudge.Clock,
    };

    private ProviderOperation() { }

    /// <summary>The vendor's name of the operation; also for logs.</summary>
    public required string Name { get; init; }

    public required HttpMethod Method { get; init; }

    /// <summary>The path, from the root of the provider's address.</summary>
    public required string Path { get; init; }

    /// <summary>The name of a call's span.</summary>
    public string SpanName => field ??= $"{Method} {Path}";

    /// <summary>Whether the operation has a body and is signed; otherwise it has neither.</summary>
    public required bool IsSigned { get; init; }

    /// <summary>Judges an answer.</summary>
    public required Judgement Judge { get; init; }

    public override string ToString() => Name;
}

/// <summary>Determines what an answer means.</summary>
/// <param name="answer">The answer.</param>
/// <param name="order">The order that the call was about; null for none.</param>
/// <param name="signed">The signature of the call, which the provider may quote; the zero value for none.</param>
internal delegate ProviderReply Judgement(ProviderAnswer answer, OrderReference? order, SignedRequest signed);
