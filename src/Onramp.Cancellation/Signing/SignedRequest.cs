namespace Onramp.Cancellation.Signing;

/// <summary>The values of the three headers of a signed request.</summary>
public readonly struct SignedRequest
{
    internal SignedRequest(ApiCredentials credentials, string payload, string signature)
    {
        Credentials = credentials;
        Payload = payload;
        Signature = signature;
    }

    /// <summary>Whether there is a signature; false for the zero value.</summary>
    public bool IsSigned => Signature is not null;

    /// <summary>The pair that signed; its key goes into <c>X-ONRAMP-APIKEY</c>.</summary>
    public ApiCredentials Credentials { get; }

    /// <summary><c>X-ONRAMP-PAYLOAD</c>: padded base64 of the payload JSON.</summary>
    public string Payload { get; }

    /// <summary><c>X-ONRAMP-SIGNATURE</c>: 128 lower-case hexadecimal digits.</summary>
    public string Signature { get; }

    /// <summary>Returns the type's name; the values stay out of logs.</summary>
    public override string ToString() => "SignedRequest (values withheld)";
}
