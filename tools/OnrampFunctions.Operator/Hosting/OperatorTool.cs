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

    // As in every example: read by people, not by the tool.
    private static readonly string[] Local = ["--connection-string", "\"$ServiceBus\""];

    /// <summary>Runs a command in this process's console, until it ends or Ctrl+C.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        LoopbackProxy.Bypass();
        using CancellationTokenSource interrupted = new();
        Console.CancelKeyPress += (_, pressed) =>
        {
            // The second time ends the process.
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
            screen.Note($"{TerminalText.Of(InPlainWords(exception.Message).TrimEnd('.'))}. See {Name} --help.");
            return (int)ExitCode.Usage;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return (int)ExitCode.Interrupted;
        }
        catch (Exception exception)
        {
            screen.Note(
                $"This should not happen, and is worth an issue: {exception.GetType().Name}: {TerminalText.Of(exception.Message)}"
            );
            return (int)ExitCode.Failed;
        }
    }

    /// <summary>
    /// What the parser of the command line says, but without the name of a type that no operator knows.
    /// </summary>
    private static string InPlainWords(string sentence) =>
        Unconverted()
            .Replace(
                sentence,
                static match =>
                    $"'{match.Groups["text"].Value}' is not {(match.Groups["type"].Value == nameof(Int64) ? "a number, as list shows it" : $"a whole number up to {int.MaxValue}")}"
            );

    [GeneratedRegex(@"^Failed to convert '(?<text>.*)' to (?<type>Int32|Int64)\b(?:\[\])?", RegexOptions.Singleline)]
    private static partial Regex Unconverted();

    private static void Configure(IConfigurator configuration, OperatorEnvironment environment, Screen screen)
    {
        configuration.Settings.Registrar.RegisterInstance(environment);
        configuration.SetApplicationName(Name);
        configuration.UseAssemblyInformationalVersion();
        configuration.UseStrictParsing();
        configuration.PropagateExceptions();
        configuration.CancellationExitCode((int)ExitCode.Interrupted);
        configuration.ConfigureConsole(screen.Out);
        configuration.AddBranch(
            "dead-letters",
            static letters =>
            {
                letters.SetDescription("Look at dead letters, put them back, remove them.");
                letters
                    .AddCommand<ListCommand>("list")
                    .WithDescription("Show them; takes nothing. Role: Azure Service Bus Data Receiver.")
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
                    .WithDescription("Everything that one says. Role: Azure Service Bus Data Receiver.")
                    .WithExample("dead-letters", "show", "4711");
                letters
                    .AddCommand<ReplayCommand>("replay")
                    .WithDescription(
                        "Put them back on the queue as the same requests, from the beginning of the schedule. Sends first, removes after: run it again after an interruption. InvalidMessage only when named. Roles: Azure Service Bus Data Receiver and Data Sender."
                    )
                    .WithExample("dead-letters", "replay", "--dry-run")
                    .WithExample("dead-letters", "replay", "--reason", "DeliveriesExhausted", "--rate", "20", "--yes");
                letters
                    .AddCommand<RemoveCommand>("remove")
                    .WithDescription("Remove them for good. Role: Azure Service Bus Data Receiver.")
                    .WithExample("dead-letters", "remove", "--reason", "InvalidMessage", "--older-than", "7d");
            }
        );
        configuration.AddBranch(
            "outcomes",
            static outcomes =>
            {
                outcomes.SetDescription("Follow what comes of requests.");
                outcomes
                    .AddCommand<WatchCommand>("watch")
                    .WithDescription(
                        "Outcomes per minute and kind, as they come. Role: Azure Service Bus Data Receiver with --subscription, Data Owner without."
                    )
                    .WithExample("outcomes", "watch", "--subscription", "all", "--outcome", "failed", "--since", "10m")
                    .WithExample(["outcomes", "watch", "--subscription", "local", .. Local]);
            }
        );
        configuration.AddBranch(
            "timeouts",
            static timeouts =>
            {
                timeouts.SetDescription("Look at stale-order timeouts, and take them back.");
                timeouts
                    .AddCommand<ListTimeoutsCommand>("list")
                    .WithDescription("Those that wait, the next one first. Role: Azure Service Bus Data Receiver.")
                    .WithExample("timeouts", "list", "--caller", "shop");
                timeouts
                    .AddCommand<DisarmCommand>("disarm")
                    .WithDescription(
                        "Take them back, whoever armed them. Roles: Azure Service Bus Data Receiver and Data Sender."
                    )
                    .WithExample("timeouts", "disarm", "4711")
                    .WithExample("timeouts", "disarm", "--order", "1443", "--yes");
            }
        );
        configuration
            .AddCommand<CancelCommand>("cancel")
            .WithDescription("Cancel an order by the queue. Role: Azure Service Bus Data Sender.")
            .WithExample("cancel", "1443", "--reason", "\"asked by telephone\"", "--only-if-unpaid")
            .WithExample("cancel", "--hash", "9f86d081884c7d65");
        configuration
            .AddCommand<StatusCommand>("status")
            .WithDescription(
                "How much lies where, since when; whether the app is well. Role: Azure Service Bus Data Receiver."
            )
            .WithExample("status", "--app", "https://func-example.azurewebsites.net")
            .WithExample(["status", "--subscription", "local", .. Local]);
    }
}
