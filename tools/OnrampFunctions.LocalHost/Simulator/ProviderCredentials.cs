namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>
/// The pair that the simulated provider accepts; read and replaced as one object, so never half old and half new.
/// </summary>
/// <param name="ApiKey">Value of <c>X-ONRAMP-APIKEY</c>.</param>
/// <param name="ApiSecret">Key of the signature.</param>
public sealed record ProviderCredentials(string ApiKey, string ApiSecret)
{
    /// <summary>Says nothing of the pair, so that no log ever does.</summary>
    public override string ToString() => nameof(ProviderCredentials);
}
