namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>The headers of one call that no log or event may show.</summary>
/// <param name="ApiKey"><c>X-ONRAMP-APIKEY</c>.</param>
/// <param name="Payload"><c>X-ONRAMP-PAYLOAD</c>.</param>
/// <param name="Signature"><c>X-ONRAMP-SIGNATURE</c>.</param>
public readonly record struct SignedHeaders(string ApiKey, string Payload, string Signature)
{
    /// <summary>Hides the values.</summary>
    public override string ToString() => nameof(SignedHeaders);

    internal static SignedHeaders Of(IHeaderDictionary headers) =>
        new(
            headers["X-ONRAMP-APIKEY"].ToString(),
            headers["X-ONRAMP-PAYLOAD"].ToString(),
            headers["X-ONRAMP-SIGNATURE"].ToString()
        );
}
