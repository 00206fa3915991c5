namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>
/// <c>local.settings.json</c> of the Functions app
/// (<see href="https://learn.microsoft.com/azure/azure-functions/functions-develop-local#local-settings-file">its
/// form</see>).
/// </summary>
internal sealed record LocalSettingsFile(
    bool IsEncrypted,
    Dictionary<string, string> Values,
    LocalSettingsFile.HostSettings Host
)
{
    public sealed record HostSettings(int LocalHttpPort);
}
