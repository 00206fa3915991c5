namespace Onramp.Cancellation.Secrets;

/// <summary>One version of a secret that is enabled and in force.</summary>
/// <param name="Id">The vault's name of the version.</param>
/// <param name="Value">Its value.</param>
internal sealed record SecretVersion(string Id, string Value)
{
    /// <summary>Names the type and nothing secret.</summary>
    public override string ToString() => "SecretVersion (value withheld)";
}
