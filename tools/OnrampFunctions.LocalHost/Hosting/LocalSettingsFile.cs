using System.Text.Json.Serialization;

namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>
/// <c>local.settings.json</c> of the Functions app
/// (<see href="https://learn.microsoft.com/azure/azure-functions/functions-develop-local#local-settings-file">its
/// format</see>).
/// </summary>
internal sealed record LocalSettingsFile(
    [property: JsonPropertyName("IsEncrypted")] bool IsEncrypted,
    [property: JsonPropertyName("Values")] Dictionary<string, string> Values,
    [property: JsonPropertyName("Host")] LocalSettingsFile.HostSettings Host
)
{
    public sealed record HostSettings([property: JsonPropertyName("LocalHttpPort")] int LocalHttpPort);
}
