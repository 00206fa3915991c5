using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Onramp.Cancellation.Orders;
using Onramp.Cancellation.Requests;

namespace Onramp.Cancellation.Http.Reading;

/// <summary>
/// The order in a path: its id, or <c>hash:</c> and its hash. Characters that a path segment cannot have are
/// percent-encoded (RFC 3986, section 3.3).
/// </summary>
internal static class OrderPath
{
    /// <summary>The name of the parameter in route templates.</summary>
    public const string Parameter = "order";

    private const string HashPrefix = "hash:";

    /// <summary>The error for anything else.</summary>
    public static FieldFault Fault { get; } =
        new(
            $"/{Parameter}",
            "The path must name an order: its id of 1 to "
                + $"{OrderReference.MaxOrderIdLength} digits, or {HashPrefix} and its hash, percent-encoded."
        );

    /// <summary>Reads the order; returns null if the path does not name one.</summary>
    public static OrderReference? Read(HttpContext context)
    {
        // The web server decodes everything but the slash, which would end the segment.
        var text = (context.GetRouteValue(Parameter) as string)?.Replace(
            "%2F",
            "/",
            StringComparison.OrdinalIgnoreCase
        );
        if (OrderReference.IsOrderId(text))
        {
            return OrderReference.FromOrderId(text!);
        }

        return
            text?.StartsWith(HashPrefix, StringComparison.Ordinal) == true
            && OrderReference.IsHash(text[HashPrefix.Length..])
            ? OrderReference.FromHash(text[HashPrefix.Length..])
            : null;
    }

    /// <summary>Writes an order as a path segment.</summary>
    public static string Write(OrderReference order) => order.OrderId ?? HashPrefix + Uri.EscapeDataString(order.Hash!);
}
