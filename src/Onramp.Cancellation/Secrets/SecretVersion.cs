namespace Onramp.Cancellation.Secrets;

/// <summary>A version of a secret that is enabled and in force.</summary>
/// <param name="Id">The vault's id of the version.</param>
/// <param name="Value">The value.</param>
internal sealed record SecretVersion(string Id, string Value)
{
    /// <summary>Returns the type's name; the value stays out of logs.</summary>
    public override string ToString() => "SecretVersion (value withheld)";
}
