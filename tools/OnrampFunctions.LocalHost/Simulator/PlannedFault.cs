using System.Diagnostics.CodeAnalysis;

namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>A fault for one call about one order.</summary>
/// <param name="Kind">The fault; <see cref="FaultKind.None"/> lets one call pass without a fault, whatever the rates
/// are.</param>
/// <param name="Operation">The operation; null for the next call.</param>
public readonly record struct PlannedFault(FaultKind Kind, ProviderOperation? Operation = null)
{
    /// <summary>
    /// Parses <c>kind</c>, <c>cancel:kind</c> or <c>get:kind</c>; the kind <c>none</c> is a call without a fault.
    /// </summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PlannedFault? fault)
    {
        fault = null;
        if (text is null)
        {
            return false;
        }

        var parts = text.Split(':');
        ProviderOperation? operation = parts switch
        {
            ["cancel", _] => ProviderOperation.Cancel,
            ["get", _] => ProviderOperation.Get,
            _ => null,
        };
        if (parts.Length > 2 || (parts.Length == 2 && operation is null))
        {
            return false;
        }

        var kind = FaultNames.Parse(parts[^1]);
        if (!kind.IsOfProvider() && parts[^1] != "none")
        {
            return false;
        }

        fault = new PlannedFault(kind, operation);
        return true;
    }
}
