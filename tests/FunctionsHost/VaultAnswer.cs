namespace FunctionsHost;

/// <summary>What a vault answers.</summary>
public sealed record VaultAnswer(int Status, string Json)
{
    /// <summary>A secret's bundle.</summary>
    public static VaultAnswer Secret(string name, string value)
        => new(200, $$$"""{"value":"{{{value}}}","id":"https://127.0.0.1/secrets/{{{name}}}/0123456789abcdef0123456789abcdef","attributes":{"enabled":true}}""");

    /// <summary>A refusal in Key Vault's form.</summary>
    public static VaultAnswer Refusal(int status, string code, string message)
        => new(status, $$$"""{"error":{"code":"{{{code}}}","message":"{{{message}}}"}}""");
}
