using System.Collections.Concurrent;
using System.Diagnostics;

namespace Onramp.Testing.Programs;

/// <summary>A process that ends with this one, however this one ends.</summary>
internal sealed class ChildProcess : IDisposable
{
    // Its input ends when this process does, even if it is killed.
    internal const string Guard = """
        trap '' HUP INT QUIT TERM
        running=' '
        while read -r change id; do
          case $change in
            start) running="$running$id " ;;
            end) running="${running%% "$id" *} ${running#* "$id" }" ;;
          esac
        done
        set -- $running
        [ $# -eq 0 ] || kill -9 "$@"
        """;

    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    private static readonly ConcurrentDictionary<ChildProcess, int> Running = new();

    private static readonly Lazy<StreamWriter?> Guarded = new(StartGuard);

    private static readonly Lazy<bool> IgnoresInterrupts = new(FindIgnoredInterrupt);

    private ChildProcess(Process process) => Process = process;

    public Process Process { get; }

    /// <summary>Starts a process.</summary>
    public static ChildProcess Start(ProcessStartInfo start) => Start(new Process { StartInfo = start });

    /// <summary>Starts a process that the caller has prepared.</summary>
    public static ChildProcess Start(Process process)
    {
        MakeInterruptible(process.StartInfo);
        process.Start();
        ChildProcess child = new(process);
        Running[child] = process.Id;
        Tell($"start {process.Id}");
        return child;
    }

    /// <summary>Kills it and the processes that it has started, if it still runs, and waits for its end.</summary>
    public void Dispose()
    {
        if (!Running.TryRemove(this, out var id))
        {
            return;
        }

        if (!Process.HasExited)
        {
            Process.Kill(entireProcessTree: true);
            Process.WaitForExit(KillLimit);
        }

        Tell($"end {id}");
        Process.Dispose();
    }

    /// <summary>
    /// A process inherits an ignored SIGINT, as this one does from <c>nohup</c> and from a shell that runs it in the
    /// background. Then it could not be interrupted.
    /// </summary>
    private static void MakeInterruptible(ProcessStartInfo start)
    {
        if (!IgnoresInterrupts.Value)
        {
            return;
        }

        const string option = "--default-signal=INT,QUIT";
        var program = Find(start.FileName);
        if (start.ArgumentList.Count == 0)
        {
            start.Arguments = $"{option} \"{program}\" {start.Arguments}";
        }
        else
        {
            start.ArgumentList.Insert(0, option);
            start.ArgumentList.Insert(1, program);
        }

        start.FileName = "env";
    }

    /// <summary>Finds a program by the path of this process: the other one can have a path without it.</summary>
    private static string Find(string program) =>
        program.Contains('/', StringComparison.Ordinal)
            ? program
            : (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(Path.PathSeparator)
                .Select(folder => Path.Combine(folder, program))
                .FirstOrDefault(File.Exists)
                ?? program;

    private static StreamWriter? StartGuard()
    {
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => KillAll();
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        var guard = Process.Start(new ProcessStartInfo("sh", ["-c", Guard]) { RedirectStandardInput = true })!;
        guard.StandardInput.AutoFlush = true;
        return guard.StandardInput;
    }

    private static void KillAll()
    {
        foreach (var child in Running.Keys)
        {
            try
            {
                child.Process.Kill(entireProcessTree: true);
            }
            catch (InvalidOperationException)
            {
                // It has ended.
            }
        }
    }

    private static void Tell(string change)
    {
        if (Guarded.Value is { } guard)
        {
            lock (guard)
            {
                guard.WriteLine(change);
            }
        }
    }

    private static bool FindIgnoredInterrupt()
    {
        const string status = "/proc/self/status";
        const string ignored = "SigIgn:";
        const ulong interrupt = 1 << (2 - 1);
        return File.Exists(status)
            && File.ReadLines(status).FirstOrDefault(static line => line.StartsWith(ignored, StringComparison.Ordinal))
                is { } line
            && (Convert.ToUInt64(line[ignored.Length..].Trim(), 16) & interrupt) != 0;
    }
}
