using System.Globalization;

namespace Benchmarks;

/// <summary>The limit of a ratio.</summary>
internal sealed record Goal
{
    private readonly double _limit;
    private readonly bool _isMinimum;

    private Goal(double limit, bool isMinimum) => (_limit, _isMinimum) = (limit, isMinimum);

    public static Goal AtLeast(double ratio) => new(ratio, isMinimum: true);

    public static Goal AtMost(double ratio) => new(ratio, isMinimum: false);

    public bool IsMet(double ratio) => _isMinimum ? ratio >= _limit : ratio <= _limit;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"at {(_isMinimum ? "least" : "most")} {_limit}");
}
