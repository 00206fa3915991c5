namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>The credentials that the simulated provider accepts; replaced as one object, so never partly old.</summary>
/// <param name="ApiKey">Value of <c>X-ONRAMP-APIKEY</c>.</param>
/// <param name="ApiSecret">Key of the signature.</param>
public sealed record ProviderCredentials(string ApiKey, string ApiSecret)
{
    /// <summary>Hides the values, so that no log shows them.</summary>
    public override string ToString() => nameof(ProviderCredentials);
}
