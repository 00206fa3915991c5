using System.Reflection;

namespace Benchmarks;

/// <summary>Where the Functions apps are that were built with this program.</summary>
internal static class StartedPrograms
{
    public static string Path(string name) =>
        typeof(StartedPrograms)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == name)
            .Value!;
}
