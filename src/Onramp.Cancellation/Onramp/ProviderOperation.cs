using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Signing;

namespace Onramp.Cancellation.Onramp;

/// <summary>
/// One operation of Onramp's API as a value: where it is, how it is asked, and what its answers mean. Another operation
/// is another value.
/// </summary>
internal sealed class ProviderOperation
{
    /// <summary>Asks for the cancellation of an order.</summary>
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

    /// <summary>What the vendor calls it; also for logs.</summary>
    public required string Name { get; init; }

    public required HttpMethod Method { get; init; }

    /// <summary>The path, from the root of the provider's address.</summary>
    public required string Path { get; init; }

    /// <summary>What a span of a call is called.</summary>
    public string SpanName => field ??= $"{Method} {Path}";

    /// <summary>Whether it has a body and is signed; otherwise it has neither.</summary>
    public required bool IsSigned { get; init; }

    /// <summary>What an answer amounts to.</summary>
    public required Judgement Judge { get; init; }

    public override string ToString() => Name;
}

/// <summary>What an answer amounts to.</summary>
/// <param name="answer">The answer.</param>
/// <param name="order">The order that the call was about; null for none.</param>
/// <param name="signed">What the call was signed with, which the provider may quote; the zero value for
/// nothing.</param>
internal delegate ProviderReply Judgement(ProviderAnswer answer, OrderReference? order, SignedRequest signed);
