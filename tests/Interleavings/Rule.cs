using Microsoft.Coyote.Specifications;

namespace Onramp.Cancellation.Interleavings;

internal static class Rule
{
    /// <summary>Ends the schedule as a failure unless a rule holds.</summary>
    public static void Holds(bool holds, string rule) => Specification.Assert(holds, "{0}", rule);
}
