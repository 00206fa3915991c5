using System.Runtime.CompilerServices;

namespace Onramp.Testing;

/// <summary>
/// The clients of the tests also connect to this machine without a proxy, whatever the environment says.
/// </summary>
internal static class DirectLoopback
{
    [ModuleInitializer]
    internal static void Bypass() => Cancellation.Configuration.LoopbackProxy.Bypass();
}
