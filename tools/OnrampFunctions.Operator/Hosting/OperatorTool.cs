using System.Text.RegularExpressions;
using Onramp.Cancellation.Configuration;
using OnrampFunctions.Operator.Cancelling;
using OnrampFunctions.Operator.DeadLetters;
using OnrampFunctions.Operator.Outcomes;
using OnrampFunctions.Operator.Status;
using OnrampFunctions.Operator.Timeouts;
using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.Hosting;

/// <summary>The command line.</summary>
public static partial class OperatorTool
{
    private const string Name = "onramp-cancel";

    // For the examples in the help.
    private static readonly string[] Local = ["--connection-string", "\"$ServiceBus\""];

    /// <summary>Runs a command in the console of this process, until it ends or is stopped by Ctrl+C.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        LoopbackProxy.Bypass();
        using CancellationTokenSource interrupted = new();
        Console.CancelKeyPress += (_, pressed) =>
        {
            // A second Ctrl+C ends the process.
            pressed.Cancel = !interrupted.IsCancellationRequested;
            interrupted.Cancel();
        };
        return await RunAsync(args, OperatorEnvironment.OfProcess(), interrupted.Token);
    }

    /// <summary>Runs a command.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        string[] args,
        OperatorEnvironment environment,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(environment);
        Screen screen = new(environment);
        CommandApp app = new();
        app.Configure(configuration => Configure(configuration, environment, screen));
        try
        {
            return await app.RunAsync(args, cancellationToken);
        }
        catch (OperatorException exception)
        {
            if (exception.ExitCode != ExitCode.OutputClosed)
            {
                screen.Note(exception.Message);
            }

            return (int)exception.ExitCode;
        }
        catch (CommandAppException exception)
        {
            var what = TerminalText.Of(Simplify(exception.Message).TrimEnd('.'));
            screen.Note($"{what}.{Suggestion.For(exception.Message, args)} See {Name} --help.");
            return (int)ExitCode.Usage;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return (int)ExitCode.Interrupted;
        }
        catch (Exception exception)
        {
            screen.Note(
                "Unexpected error; please report it as an issue: "
                    + $"{exception.GetType().Name}: {TerminalText.Of(exception.Message)}"
            );
            return (int)ExitCode.Failed;
        }
    }

    /// <summary>
    /// The message of the command-line parser, without the names of .NET types.
    /// </summary>
    private static string Simplify(string sentence) =>
        Unconverted()
            .Replace(
                sentence,
                static match =>
                {
                    var isSequenceNumber = match.Groups["type"].Value == nameof(Int64);
                    var expected = isSequenceNumber ? "a number from the list" : $"a whole number up to {int.MaxValue}";
                    return $"'{match.Groups["text"].Value}' is not {expected}";
                }
            );

    [GeneratedRegex(@"^Failed to convert '(?<text>.*)' to (?<type>Int32|Int64)\b(?:\[\])?", RegexOptions.Singleline)]
    private static partial Regex Unconverted();

    private static void Configure(IConfigurator configuration, OperatorEnvironment environment, Screen screen)
    {
        configuration.Settings.Registrar.RegisterInstance(environment);
        configuration.SetApplicationName(Name);
        configuration.UseAssemblyInformationalVersion();
        configuration.SetHelpProvider(new ToolHelp(configuration.Settings));
        configuration.UseStrictParsing();
        configuration.PropagateExceptions();
        configuration.CancellationExitCode((int)ExitCode.Interrupted);
        configuration.ConfigureConsole(screen.Out);
        configuration.AddBranch(
            "dead-letters",
            static letters =>
            {
                letters.SetDescription("List, show, replay and remove dead letters.");
                letters
                    .AddCommand<ListCommand>("list")
                    .WithDescription("List dead letters, without locking them. Role: Azure Service Bus Data Receiver.")
                    .WithExample(
                        "dead-letters",
                        "list",
                        "--namespace",
                        "sb-example.servicebus.windows.net",
                        "--reason",
                        "DeliveriesExhausted",
                        "--newer-than",
                        "2h"
                    );
                letters
                    .AddCommand<ShowCommand>("show")
                    .WithDescription("Show one dead letter in full. Role: Azure Service Bus Data Receiver.")
                    .WithExample("dead-letters", "show", "4711");
                letters
                    .AddCommand<ReplayCommand>("replay")
                    .WithDescription(
                        "Send dead letters to the queue again, as the same requests, with a new retry schedule. Each "
                            + "is sent before it is removed, so it is safe to run the command again after an "
                            + "interruption. InvalidMessage dead letters are only replayed if selected by number or "
                            + "with --reason. Roles: Azure Service Bus Data Receiver and Data Sender."
                    )
                    .WithExample("dead-letters", "replay", "--dry-run")
                    .WithExample("dead-letters", "replay", "--first", "1")
                    .WithExample("dead-letters", "replay", "--reason", "DeliveriesExhausted", "--rate", "20", "--yes");
                letters
                    .AddCommand<RemoveCommand>("remove")
                    .WithDescription("Remove dead letters permanently. Role: Azure Service Bus Data Receiver.")
                    .WithExample("dead-letters", "remove", "--reason", "InvalidMessage", "--older-than", "7d");
            }
        );
        configuration.AddBranch(
            "outcomes",
            static outcomes =>
            {
                outcomes.SetDescription(
                    "Show the recorded outcomes of one order, or watch the outcomes of all orders. "
                        + "outcomes --order is short for outcomes history --order."
                );
                outcomes.SetDefaultCommand<HistoryCommand>();
                outcomes
                    .AddCommand<HistoryCommand>("history")
                    .WithDescription(
                        "Show the recorded outcomes of one order, the newest first. Role: Storage Table Data Reader."
                    )
                    .WithExample("outcomes", "history", "--order", "1443")
                    .WithExample("outcomes", "history", "--order", "hash:9f86d081884c7d65", "--top", "5", "--json");
                outcomes
                    .AddCommand<WatchCommand>("watch")
                    .WithDescription(
                        "Show the outcomes per minute, live. Role: Azure Service Bus Data Receiver with "
                            + "--subscription, Data Owner without."
                    )
                    .WithExample("outcomes", "watch", "--subscription", "all", "--outcome", "failed", "--since", "10m")
                    .WithExample(["outcomes", "watch", "--subscription", "local", .. Local]);
            }
        );
        configuration.AddBranch(
            "timeouts",
            static timeouts =>
            {
                timeouts.SetDescription("List, show and disarm stale-order timeouts.");
                timeouts
                    .AddCommand<ListTimeoutsCommand>("list")
                    .WithDescription(
                        "List timeouts from the tables, in no particular order. Role: Storage Table Data Reader."
                    )
                    .WithExample("timeouts", "list", "--caller", "shop")
                    .WithExample(
                        "timeouts",
                        "list",
                        "--state",
                        "firing",
                        "--tables",
                        "https://stexample.table.core.windows.net"
                    );
                timeouts
                    .AddCommand<ShowTimeoutCommand>("show")
                    .WithDescription("Show the timeouts of one order in full. Role: Storage Table Data Reader.")
                    .WithExample("timeouts", "show", "--order", "1443");
                timeouts
                    .AddCommand<DisarmCommand>("disarm")
                    .WithDescription(
                        "Disarm the timeouts of one order. Role: Storage Table Data Contributor. With a namespace, and "
                            + "Azure Service Bus Data Receiver and Data Sender, their alarms are removed from the "
                            + "queue too; an alarm that remains does nothing."
                    )
                    .WithExample("timeouts", "disarm", "--order", "1443")
                    .WithExample("timeouts", "disarm", "--order", "hash:9f86d081884c7d65", "--caller", "shop", "--yes");
            }
        );
        configuration
            .AddCommand<CancelCommand>("cancel")
            .WithDescription(
                "Send a cancel request to the queue, or one for each order of a CSV file. Role: Azure Service Bus Data "
                    + "Sender; with --wait, and to skip the finished orders of a file, also Storage Table Data Reader. "
                    + "It is safe to run a command with --from again after an interruption."
            )
            .WithExample("cancel", "1443", "--reason", "\"customer called\"", "--only-if-unpaid")
            .WithExample("cancel", "--hash", "9f86d081884c7d65", "--wait")
            .WithExample("cancel", "--from", "orders.csv", "--wait", "--results", "results.csv");
        configuration
            .AddCommand<StatusCommand>("status")
            .WithDescription(
                "Show queue depths and dead letters, and whether the app is healthy. "
                    + "Role: Azure Service Bus Data Receiver."
            )
            .WithExample("status", "--app", "https://func-example.azurewebsites.net")
            .WithExample(["status", "--subscription", "local", .. Local]);
    }
}
