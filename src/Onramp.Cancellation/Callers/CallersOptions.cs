using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Configuration;

namespace Onramp.Cancellation.Callers;

/// <summary>Which callers there are, how they are recognized, and how many requests one of them may send.</summary>
[StrictSettings]
public sealed partial class CallersOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Callers";

    /// <summary>How signatures by Standard Webhooks are handled. Default off.</summary>
    public SignatureMode Signatures { get; set; }

    /// <summary>
    /// Names of the callers that sign, each 1 to 64 lower-case letters, digits and hyphens. The secret of caller
    /// <c>shop</c> is the Key Vault secret <c>webhook-shop</c>. Default none.
    /// </summary>
    public IList<string> Names { get; set; } = [];

    /// <summary>
    /// How often the callers' secrets are read again. A disabled, expired or deleted secret is refused from then on.
    /// Default 1 min; 10 s to 1 day.
    /// </summary>
    [DurationRange("00:00:10", "1.00:00:00")]
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Whether an unsigned caller is named after its Entra principal, which the platform's authentication (Easy Auth)
    /// puts into headers. Default false: without that authentication, anyone can write those headers.
    /// </summary>
    public bool TrustPrincipal { get; set; }

    /// <summary>
    /// How many requests a minute one caller may send to one instance; 0 for no limit. Default 0; up to 1,000,000.
    /// </summary>
    [NumberRange(0, 1_000_000)]
    public int RequestsPerMinute { get; set; }

    /// <summary>
    /// Origins that may deliver events, as their validation request names them (CloudEvents Web Hooks, section 4.1),
    /// for example <c>eventgrid.azure.net</c>; <c>*</c> for all. Default none. The handshake protects senders from
    /// abuse. It is not access control; use keys and signatures for that.
    /// </summary>
    public IList<string> AllowedOrigins { get; set; } = [];

    /// <summary>The Key Vault secret of a caller.</summary>
    public static string SecretName(string caller) => $"webhook-{caller}";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (
            Names.Any(static name => !CallerName().IsMatch(name))
            || Names.Distinct(StringComparer.Ordinal).Count() != Names.Count
        )
        {
            yield return new ValidationResult(
                "Callers__Names__0, __1, … must be different names of 1 to 64 lower-case letters, digits and hyphens, for example shop."
            );
        }

        if (Signatures != SignatureMode.Off && Names.Count == 0)
        {
            yield return new ValidationResult(
                "Callers__Names__0 is missing: name the callers whose signatures are accepted, and store the secret of caller shop in Key Vault as webhook-shop; or set Callers__Signatures to off."
            );
        }

        if (AllowedOrigins.Any(static origin => origin != "*" && Uri.CheckHostName(origin) != UriHostNameType.Dns))
        {
            yield return new ValidationResult(
                "Callers__AllowedOrigins__0, __1, … must be host names, for example eventgrid.azure.net, or * for all."
            );
        }
    }

    [GeneratedRegex(@"\A[a-z0-9-]{1,64}\z")]
    private static partial Regex CallerName();
}

[OptionsValidator]
internal sealed partial class CallersOptionsValidator : IValidateOptions<CallersOptions>;
