using System.Globalization;

namespace Reliability;

/// <summary>The options of a run.</summary>
/// <param name="Seed">Determines every order, request and fault.</param>
/// <param name="Requests">The number of cancels.</param>
/// <param name="Callers">The number of concurrent callers.</param>
public sealed record RunOptions(int Seed, int Requests, int Callers)
{
    /// <summary>The number of worker processes; 0 runs the service in the process of the local host.</summary>
    public int Workers { get; init; }

    /// <summary>The budget of all workers together; 0 for none.</summary>
    public int CallsPerSecond { get; init; }

    /// <summary>The number of timeouts to arm; 0 for a run with faults.</summary>
    public int Timeouts { get; init; }

    /// <summary>How many of the timeouts are due within a minute.</summary>
    public int Due { get; init; }

    /// <summary>
    /// How much longer everything may take than in one process: several of them share the processors of this machine.
    /// </summary>
    public int Slowness => Workers == 0 ? 1 : 3;

    /// <summary>
    /// Whether to leave out what has to wait for a minute: timeouts, and dead letters that are resubmitted.
    /// </summary>
    public bool IsBrief { get; init; }

    /// <summary>Whether the workers use Azurite; otherwise the local host's tables.</summary>
    public bool UsesAzurite { get; init; } = true;

    public const string Usage =
        "Usage: dotnet run -c Release --project tests/Reliability -- [--seed N] [--requests N] [--callers N] "
        + "[--workers N [--calls-per-second N]]\n"
        + "   or: dotnet run -c Release --project tests/Reliability -- --timeouts N [--due N] [--workers N] "
        + "[--calls-per-second N]";

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
                case "--workers" when value is >= 1 and <= 16:
                    options = options with { Workers = value };
                    break;
                case "--calls-per-second" when value is >= 1 and <= 10_000:
                    options = options with { CallsPerSecond = value };
                    break;
                case "--timeouts" when value is >= 10 and <= 2_000_000:
                    options = options with { Timeouts = value };
                    break;
                case "--due" when value is >= 1 and <= ScaleRun.MaxDue:
                    options = options with { Due = value };
                    break;
                default:
                    return null;
            }
        }

        if (options.Timeouts > 0)
        {
            options = options with
            {
                Due = options.Due == 0 ? Math.Min(options.Timeouts / 10, ScaleRun.MaxDue) : options.Due,
                Workers = options.Workers == 0 ? 4 : options.Workers,
                CallsPerSecond = options.CallsPerSecond == 0 ? 500 : options.CallsPerSecond,
                UsesAzurite = false,
            };
            return options.Due <= options.Timeouts ? options : null;
        }

        return options.Due > 0 || (options.CallsPerSecond > 0 && options.Workers == 0) ? null : options;
    }
}
