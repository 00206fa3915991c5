using System.Diagnostics;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>Programs that tests start do not outlive the tests, even if those are killed.</summary>
public sealed class ChildProcessTests
{
    [Theory]
    [InlineData("start {0}", false)]
    [InlineData("start 1000000001\nstart {0}\nend 1000000001", false)]
    [InlineData("start {0}\nend {0}", true)]
    [InlineData("", true)]
    public async Task The_guard_kills_what_still_runs_when_its_input_ends(string input, bool survives)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no sh.");
        using var sleeping = ChildProcess.Start(new ProcessStartInfo("sleep", ["1000"]));
        using var guard = ChildProcess.Start(
            new ProcessStartInfo("sh", ["-c", ChildProcess.Guard]) { RedirectStandardInput = true }
        );
        await guard.Process.StandardInput.WriteAsync(
            $"{input.Replace("{0}", $"{sleeping.Process.Id}", StringComparison.Ordinal)}\n"
        );
        guard.Process.StandardInput.Close();

        await guard.Process.WaitForExitAsync(RunningHost.Token);

        if (survives)
        {
            Assert.False(sleeping.Process.HasExited);
        }
        else
        {
            await sleeping.Process.WaitForExitAsync(RunningHost.Token);
        }
    }
}
