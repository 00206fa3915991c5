using System.Net;
using System.Net.Sockets;

namespace Onramp.Testing.Programs;

/// <summary>Programs of this machine that tests start.</summary>
internal static class InstalledProgram
{
    /// <summary>Whether a program is in the search path.</summary>
    public static bool Exists(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? $"{name}.exe" : name)));

    /// <summary>A port on which nothing listens: no program gets it by chance, and only root may use it.</summary>
    public const int UnusedPort = 1;

    /// <summary>
    /// A port that no program uses now, and that none gets by chance later: systems assign ports from 32768 on.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            using TcpListener listener = new(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // It is taken.
            }
        }
    }
}
