using System.Reflection;

namespace Benchmarks;

/// <summary>The programs that the measurements start.</summary>
internal static class Programs
{
    /// <summary>The root of the repository.</summary>
    public static string Repository
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "OnrampFunctions.sln")))
            {
                folder =
                    folder.Parent ?? throw new InvalidOperationException("The benchmarks run inside their repository.");
            }

            return folder.FullName;
        }
    }

    /// <summary>The path of a Functions app that was built with this program.</summary>
    public static string Built(string name) =>
        typeof(Programs)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == name)
            .Value!;

    /// <summary>The path of an installed program, or null.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
