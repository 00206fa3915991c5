using System.Text;
using Microsoft.Extensions.Logging;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>The lines that a developer reads.</summary>
public sealed class LineLoggerTests
{
    private readonly JumpingClock _clock = new(new(2030, 1, 31, 12, 34, 56, TimeSpan.Zero));

    [Theory]
    [InlineData(LogLevel.Information, "12:34:56  It is done")]
    [InlineData(LogLevel.Warning, "12:34:56  warning: It is done")]
    [InlineData(LogLevel.Error, "12:34:56  error: It is done")]
    [InlineData(LogLevel.Critical, "12:34:56  error: It is done")]
    public void Writes_time_level_and_message(LogLevel level, string line)
    {
        using MemoryStream output = new();
        using (LineLogger logger = new(_clock, output))
        {
            Write(logger, level, "It is done");
        }

        Assert.Equal(line + Environment.NewLine, Text(output));
    }

    [Fact]
    public void Writes_an_exception_in_full()
    {
        using MemoryStream output = new();
        using (LineLogger logger = new(_clock, output))
        {
            Write(logger, LogLevel.Error, "It failed", new InvalidOperationException("the cause"));
        }

        Assert.Equal(
            ["12:34:56  error: It failed", "System.InvalidOperationException: the cause"],
            Text(output).TrimEnd().Split(Environment.NewLine)
        );
    }

    [Fact]
    public async Task Writes_together_what_arrives_while_it_writes()
    {
        await using HeldStream output = new();
        using (LineLogger logger = new(_clock, output))
        {
            Write(logger, LogLevel.Information, "line 0");
            await output.Entered.Task.WaitAsync(RunningHost.Patience, RunningHost.Token);
            for (var line = 1; line < 100; line++)
            {
                Write(logger, LogLevel.Information, $"line {line}");
            }

            output.Released.SetResult();
        }

        Assert.Equal(2, output.Writes);
        Assert.Equal(
            Enumerable.Range(0, 100).Select(static line => $"12:34:56  line {line}"),
            Text(output).TrimEnd().Split(Environment.NewLine)
        );
    }

    [Fact]
    public async Task Cannot_block_its_callers_when_the_output_is_closed()
    {
        using LineLogger logger = new(_clock, new BrokenStream());
        await Task.Run(
                () =>
                {
                    for (var line = 0; line < 20_000; line++)
                    {
                        Write(logger, LogLevel.Information, "line");
                    }
                },
                RunningHost.Token
            )
            .WaitAsync(RunningHost.Patience, RunningHost.Token);
    }

    private static void Write(LineLogger logger, LogLevel level, string message, Exception? exception = null) =>
        logger.Log(level, default, message, exception, static (message, _) => message);

    private static string Text(MemoryStream output) => Encoding.UTF8.GetString(output.ToArray());

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        ) => ValueTask.FromException(new IOException("The pipe is broken."));
    }

    /// <summary>Holds the first write.</summary>
    private sealed class HeldStream : MemoryStream
    {
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Writes { get; private set; }

        public override async ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            Writes++;
            Entered.TrySetResult();
            await Released.Task;
            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}
