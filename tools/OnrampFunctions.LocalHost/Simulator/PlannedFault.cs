using System.Diagnostics.CodeAnalysis;

namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>A fault that awaits one call of one order.</summary>
/// <param name="Kind">What goes wrong; <see cref="FaultKind.None"/> lets one call pass unharmed, whatever the rates
/// say.</param>
/// <param name="Operation">Which call; null for whichever comes next.</param>
public readonly record struct PlannedFault(FaultKind Kind, ProviderOperation? Operation = null)
{
    /// <summary>
    /// Reads <c>kind</c>, <c>cancel:kind</c> or <c>get:kind</c>; the kind <c>none</c> is a call without a fault.
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
