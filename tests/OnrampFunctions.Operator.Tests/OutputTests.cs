using System.Globalization;
using System.Text;

namespace OnrampFunctions.Operator.Tests;

/// <summary>
/// Output: data from outside cannot move the cursor, change colours or hide text, and a pipe gets only text.
/// </summary>
public sealed class OutputTests
{
    /// <summary>
    /// Escape sequences that clear, colour, set titles and link, an eight-bit one, markup, line breaks, right-to-left
    /// text, and an invalid order.
    /// </summary>
    public static TheoryData<string> Hostile =>
        [
            "\e[2J\e[31mgone",
            "\e]0;title\a",
            "\e]8;;http://example.org\e\\link\e]8;;\e\\",
            "\u009b31m",
            "[red]red[/] [/] [link=http://example.org]x[/]",
            "a\r\nfake 0 dead letters",
            "\u202e3441\u2066",
            "zero\u200bwidth",
            "null\0",
            "\u2028line",
            "\ud800",
        ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Nothing_from_outside_reaches_the_terminal_as_more_than_text(string text)
    {
        await using var duty = await OperatorSession.StartAsync();
        var sent = text.Replace("\ud800", "\ufffd", StringComparison.Ordinal);
        await duty.KillAsync(
            sent,
            sent,
            new ServiceBusMessage($$"""{"orderId":"{{sent}}"}""")
            {
                MessageId = sent.Replace("\0", "0", StringComparison.Ordinal),
                ContentType = "application/json",
                ApplicationProperties = { ["onrampCancel_caller"] = sent, [sent] = sent },
            }
        );
        var number = $"{(await duty.LookAsync(SubQueue.DeadLetter))[0].SequenceNumber}";

        foreach (
            var args in (string[][])
                [
                    ["list"],
                    ["show", number],
                    ["list", "--order", sent],
                    ["replay", "--dry-run"],
                ]
        )
        {
            var run = await duty.RunAsync(["dead-letters", .. args]);
            Assert.DoesNotContain(
                (run.Out + run.Error).Replace(Environment.NewLine, "\n", StringComparison.Ordinal).EnumerateRunes(),
                static rune =>
                    rune.Value != '\n'
                    && Rune.GetUnicodeCategory(rune)
                        is UnicodeCategory.Control
                            or UnicodeCategory.Format
                            or UnicodeCategory.LineSeparator
                            or UnicodeCategory.ParagraphSeparator
            );
            Assert.DoesNotContain(
                run.Out.Split('\n'),
                static line => line.StartsWith("fake", StringComparison.Ordinal)
            );
        }

        var status = await duty.RunAsync("status");
        Assert.Contains("1 in total", (await duty.RunAsync("dead-letters", "list")).Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', status.Out);

        // Programs get the original text, and it cannot break out of its string.
        Assert.Equal(
            sent,
            (string?)(await duty.RunAsync("dead-letters", "list", "--json")).Json["deadLetters"]![0]!["reason"]
        );
    }

    [Fact]
    public async Task A_pipe_gets_no_escape_codes_and_every_row_on_one_line()
    {
        await using var duty = await OperatorSession.StartAsync();
        await duty.KillAsync(
            "DeliveriesExhausted",
            new string('x', 300),
            OperatorSession.Cancel("1"),
            OperatorSession.Cancel("2")
        );
        using (var help = ToolProcess.Start(duty.ConnectionString, "--help"))
        using (
            var list = ToolProcess.Start(
                duty.ConnectionString,
                "dead-letters",
                "list",
                "--queue",
                OperatorSession.Parked
            )
        )
        {
            AssertPlain(await help.EndAsync());
            var listed = await list.EndAsync();
            AssertPlain(listed);
            Assert.Equal(
                2,
                listed.Out.Split('\n').Count(static row => row.Contains(new string('x', 300), StringComparison.Ordinal))
            );
        }

        // The processes have shown that the tool recognizes a pipe.
        foreach (var line in (string[])["dead-letters replay --yes", "status --subscription local", "--version"])
        {
            AssertPlain(await duty.RunAsync(line.Split(' ')));
        }

        static void AssertPlain(Run run)
        {
            Assert.True(run.ExitCode == 0, run.Error);
            Assert.DoesNotContain('\e', run.Out + run.Error);
        }
    }

    /// <summary>How a shell script redirects standard output and standard error, and the resulting exit code.</summary>
    [Theory]
    [InlineData("--help >&-", 1, "Cannot write to standard output: it is closed.")]
    [InlineData("--help > /dev/full", 1, "Cannot write to standard output: No space left on device.")]
    [InlineData("dead-letters list --json > /dev/full", 1, "Cannot write to standard output: No space left on device.")]
    [InlineData("status 2>&- --namespace x", 2, "")]
    [InlineData("status 2> /dev/full --namespace x", 2, "")]
    [InlineData("--help > /dev/full 2> /dev/full", 1, "")]
    [InlineData("--help | true; exit ${PIPESTATUS[0]}", 141, "")]
    public async Task Output_that_cannot_be_written_is_said_to_be_that(string rest, int exitCode, string sentence)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no /dev/full.");
        await using var duty = await OperatorSession.StartAsync();
        using var shell = ToolProcess.StartShell(duty.ConnectionString, $"tool {rest}");

        var run = await shell.EndAsync();

        Assert.Equal((exitCode, sentence), (run.ExitCode, run.Error.TrimEnd()));
    }

    /// <summary>
    /// As in a script whose output goes to a file: every program appends to the output of the previous one.
    /// </summary>
    [Fact]
    public async Task Output_in_a_file_is_not_overwritten_by_the_next_program()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no bash.");
        await using var duty = await OperatorSession.StartAsync();
        using var shell = ToolProcess.StartShell(
            duty.ConnectionString,
            "file=$(mktemp); { echo before; tool --version; echo after; } > $file; cat $file; rm $file"
        );

        var run = await shell.EndAsync();

        var lines = run.Out.TrimEnd().Split('\n');
        Assert.Equal((3, "before", "after"), (lines.Length, lines[0], lines[^1]));
    }

    [Theory]
    [InlineData("{0}\n")]
    [InlineData(" {0} \r\n")]
    [InlineData("\"{0}\"")]
    [InlineData("'{0}'\n")]
    public async Task What_editors_and_shells_leave_around_a_connection_string_does_not_matter(string form)
    {
        await using var duty = await OperatorSession.StartAsync();
        var run = await Run.ToolAsync([
            "dead-letters",
            "list",
            "--connection-string",
            form.Replace("{0}", duty.ConnectionString, StringComparison.Ordinal),
        ]);
        Assert.True(run.ExitCode == 3, run.Error);
    }

    /// <summary>No proxy is used for this machine: [dotnet/runtime#31680].</summary>
    [Fact]
    public async Task The_app_on_this_machine_is_asked_without_a_proxy()
    {
        await using var duty = await OperatorSession.StartAsync();
        using var tool = ToolProcess.StartShell(
            duty.ConnectionString,
            $"tool status --app {duty.Host.BaseAddress}",
            ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        );
        var run = await tool.EndAsync();
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("200, ready", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_in_a_pipe_does_not_prompt()
    {
        await using var duty = await OperatorSession.StartAsync();
        await duty.KillAsync("DeliveriesExhausted", "", OperatorSession.Cancel("1"));
        using var tool = ToolProcess.Start(
            duty.ConnectionString,
            "dead-letters",
            "remove",
            "--queue",
            OperatorSession.Parked
        );

        var run = await tool.EndAsync();

        Assert.Equal(2, run.ExitCode);
        Assert.Single(await duty.LookAsync(SubQueue.DeadLetter));
    }

    [Fact]
    public async Task An_interrupted_process_says_so()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no signal to send.");
        await using var duty = await OperatorSession.StartAsync();
        await duty.KillAsync("DeliveriesExhausted", "", OperatorSession.Cancel("1"), OperatorSession.Cancel("2"));
        Assert.True(duty.Host.Broker.TryFind(OperatorSession.Parked, out var parked));
        using var tool = ToolProcess.Start(
            duty.ConnectionString,
            "dead-letters",
            "replay",
            "--yes",
            "--rate",
            "1",
            "--queue",
            OperatorSession.Parked
        );
        await parked
            .WhenAsync(static counts => counts.Ready == 1, OperatorSession.Token)
            .WaitAsync(OperatorSession.Patience, OperatorSession.Token);

        tool.Interrupt();
        var run = await tool.EndAsync();

        Assert.Equal(130, run.ExitCode);
        Assert.Contains("1 done, 1 left; run the command again to continue.", run.Error, StringComparison.Ordinal);
    }

    /// <summary>A terminal has colours unless NO_COLOR is set (no-color.org).</summary>
    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("1", false)]
    public async Task No_colours_for_whom_wants_none(string? noColor, bool hasColours)
    {
        var run = await Run.ToolAsync(
            ["--help"],
            environment =>
                environment with
                {
                    IsOutTerminal = true,
                    Variable = name => name == "NO_COLOR" ? noColor : null,
                }
        );
        Assert.Equal((0, hasColours), (run.ExitCode, run.Out.Contains("\e[3", StringComparison.Ordinal)));
    }
}
