namespace Onramp.Cancellation.Telemetry;

/// <summary>Which limit of calls a second granted or refused a permit.</summary>
internal enum PermitSource
{
    /// <summary>The limit that all instances share.</summary>
    Shared,

    /// <summary>This instance's share of it, while the shared limit does not answer.</summary>
    Share,

    /// <summary>The limit of this process, without a shared one.</summary>
    Process,
}

/// <summary>The names of these limits in telemetry.</summary>
internal static class PermitSources
{
    public static string Name(this PermitSource source) =>
        source switch
        {
            PermitSource.Shared => "shared",
            PermitSource.Share => "share",
            PermitSource.Process => "process",
        };
}
