namespace FunctionsHost;

/// <summary>What a vault answers.</summary>
public sealed record VaultAnswer(int Status, string Json)
{
    private const string Version = "0123456789abcdef0123456789abcdef";

    /// <summary>A secret's bundle.</summary>
    public static VaultAnswer Secret(string name, string value)
        => new(200, $$$"""{"value":"{{{value}}}","id":"https://127.0.0.1/secrets/{{{name}}}/{{{Version}}}","attributes":{"enabled":true}}""");

    /// <summary>The list of a secret's versions: it has one.</summary>
    public static VaultAnswer Versions(string name)
        => new(200, $$$"""{"value":[{"id":"https://127.0.0.1/secrets/{{{name}}}/{{{Version}}}","attributes":{"enabled":true,"created":1700000000}}],"nextLink":null}""");

    /// <summary>A refusal in Key Vault's form.</summary>
    public static VaultAnswer Refusal(int status, string code, string message)
        => new(status, $$$"""{"error":{"code":"{{{code}}}","message":"{{{message}}}"}}""");
}
