using System.Globalization;

namespace Reliability;

/// <summary>The options of a run.</summary>
/// <param name="Seed">Determines every order, request and fault.</param>
/// <param name="Requests">The number of cancels.</param>
/// <param name="Callers">The number of concurrent callers.</param>
public sealed record RunOptions(int Seed, int Requests, int Callers)
{
    public const string Usage =
        "Usage: dotnet run -c Release --project tests/Reliability -- [--seed N] [--requests N] [--callers N]";

    /// <summary>
    /// Parses the command line, and returns null if it is not valid. Without a seed, the time determines one, which is
    /// printed.
    /// </summary>
    public static RunOptions? Parse(string[] args, TimeProvider time)
    {
        var options = new RunOptions((int)(time.GetUtcNow().ToUnixTimeSeconds() % 1_000_000), 20_000, 48);
        for (var index = 0; index < args.Length; index += 2)
        {
            if (
                index + 1 == args.Length
                || !int.TryParse(args[index + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            )
            {
                return null;
            }

            switch (args[index])
            {
                case "--seed":
                    options = options with { Seed = value };
                    break;
                case "--requests" when value is >= 1 and <= 150_000:
                    options = options with { Requests = value };
                    break;
                case "--callers" when value is >= 1 and <= 500:
                    options = options with { Callers = value };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
