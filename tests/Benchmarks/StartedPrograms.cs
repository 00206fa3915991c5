using System.Reflection;

namespace Benchmarks;

/// <summary>The paths of the Functions apps that were built with this program.</summary>
internal static class StartedPrograms
{
    public static string Path(string name) =>
        typeof(StartedPrograms)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == name)
            .Value!;
}
