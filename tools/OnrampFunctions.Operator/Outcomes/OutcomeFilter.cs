using Onramp.Cancellation.Onramp;
using Onramp.Cancellation.Outcomes;
using Onramp.Cancellation.Requests;

namespace OnrampFunctions.Operator.Outcomes;

/// <summary>Selects outcomes.</summary>
internal sealed class OutcomeFilter
{
    private readonly string[] _outcomes;
    private readonly string[] _triggers;

    /// <exception cref="OperatorException">The outcome or trigger does not exist.</exception>
    public OutcomeFilter(WatchSettings settings)
    {
        _outcomes = Known("--outcome", settings.Outcomes, Names);
        _triggers = Known(
            "--trigger",
            settings.Triggers,
            [.. Enum.GetValues<CancelTrigger>().Select(static trigger => trigger.Name())]
        );
    }

    /// <summary>The names of the outcomes.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [.. OutcomeTable.Rows.Select(static row => row.Name).Distinct()];

    public bool Matches(ObservedOutcome seen) =>
        (_outcomes.Length == 0 || _outcomes.Contains(seen.Outcome))
        && (_triggers.Length == 0 || _triggers.Contains(seen.Trigger));

    private static string[] Known(string option, string[] values, IReadOnlyList<string> names)
    {
        if (Array.Find(values, name => !names.Contains(name)) is { } unknown)
        {
            throw OperatorException.Usage(
                $"{option} {TerminalText.Of(unknown)} does not exist. Valid values: {string.Join(", ", names)}."
            );
        }

        return values;
    }
}
