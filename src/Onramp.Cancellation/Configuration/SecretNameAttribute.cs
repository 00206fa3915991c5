using System.Text.RegularExpressions;

namespace Onramp.Cancellation.Configuration;

/// <summary>A setting that names a Key Vault secret: 1 to 127 letters, digits and hyphens.</summary>
/// <param name="what">What the secret contains, for example "API key".</param>
/// <param name="example">An example of a name, such as <c>onramp-api-key</c>.</param>
internal sealed partial class SecretNameAttribute(string what, string example) : SettingRuleAttribute
{
    /// <inheritdoc/>
    protected override string Rule =>
        $"must be the name of the Key Vault secret with the {what}: 1 to 127 letters, digits and hyphens, for example {example}";

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value is string name && Name().IsMatch(name);

    [GeneratedRegex(@"\A[0-9a-zA-Z-]{1,127}\z")]
    private static partial Regex Name();
}
