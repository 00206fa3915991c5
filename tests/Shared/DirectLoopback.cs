using System.Runtime.CompilerServices;

namespace Onramp.Testing;

/// <summary>The tests' own clients, too, reach this machine directly, whatever proxy their environment names.</summary>
internal static class DirectLoopback
{
    [ModuleInitializer]
    internal static void Bypass() => Cancellation.Configuration.LoopbackProxy.Bypass();
}
