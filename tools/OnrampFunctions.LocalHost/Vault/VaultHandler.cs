using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace OnrampFunctions.LocalHost.Vault;

/// <summary>Answers like Key Vault: a bearer challenge to requests without a token, otherwise the secret.</summary>
internal sealed class VaultHandler(LocalVault vault, FaultInjector faults, TimeProvider clock) : HttpMessageHandler
{
    // Only to draw faults: the page shows the reads of the pair.
    private int _otherReads;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        if (request.Headers.Authorization is not { Scheme: "Bearer", Parameter: LocalCredential.Token })
        {
            HttpResponseMessage challenge = new(HttpStatusCode.Unauthorized) { RequestMessage = request };

            // The client refuses a challenge for a resource outside the domain of its vault; for an IP address, that is
            // its end.
            var resource =
                request.RequestUri!.HostNameType == UriHostNameType.Dns ? "https://vault.azure.net" : "api://0.1";
            challenge.Headers.WwwAuthenticate.Add(
                new AuthenticationHeaderValue(
                    "Bearer",
                    $"authorization=\"https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000\", resource=\"{resource}\""
                )
            );
            return challenge;
        }

        var segments = request.RequestUri!.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var name = segments is ["secrets", _, ..] ? segments[1] : "";
        var isOfPair = name is LocalVault.ApiKeyName or LocalVault.ApiSecretName;
        var read = isOfPair ? vault.CountRead() : 0;
        var occurrence = isOfPair ? read : Interlocked.Increment(ref _otherReads);
        if (vault.State == VaultState.Down || faults.Hits(FaultKind.VaultDown, name, occurrence))
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused (local vault)");
        }

        if (vault.State == VaultState.Slow || faults.Hits(FaultKind.VaultSlow, name, occurrence))
        {
            await Task.Delay(faults.Settings.SlowFor, clock, cancellationToken);
        }

        var response = vault switch
        {
            { State: VaultState.Nonsense } => NonsenseAnswers.Of(read),
            _ when faults.Hits(FaultKind.VaultNonsense, name, occurrence) => NonsenseAnswers.Of(read),
            { State: VaultState.Forbidden } => Error(
                HttpStatusCode.Forbidden,
                "Forbidden",
                "Caller is not authorized to perform action on resource."
            ),
            _ => Answer(request.RequestUri, name, segments.ElementAtOrDefault(2)),
        };
        response.RequestMessage = request;
        return response;
    }

    /// <summary>The list of versions, one version, or the newest.</summary>
    private HttpResponseMessage Answer(Uri uri, string name, string? asked)
    {
        var versions = vault.VersionsOf(name);
        if (asked == "versions")
        {
            return List(uri, name, versions);
        }

        var number = asked is null ? versions.Count : Parse(asked);
        if (number < 1 || number > versions.Count)
        {
            return Error(
                HttpStatusCode.NotFound,
                "SecretNotFound",
                $"A secret with (name/id) {name} was not found in this key vault."
            );
        }

        return versions[number - 1].IsEnabled
            ? Json(
                HttpStatusCode.OK,
                json =>
                {
                    json.WriteString("value", versions[number - 1].Value);
                    WriteVersion(json, uri, name, number, isEnabled: true);
                }
            )
            : Error(HttpStatusCode.Forbidden, "Forbidden", "Operation get is not allowed on a disabled secret.");
    }

    private static int Parse(string version) =>
        int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static HttpResponseMessage List(Uri uri, string name, ImmutableList<LocalSecret> versions) =>
        Json(
            HttpStatusCode.OK,
            json =>
            {
                json.WriteStartArray("value");
                for (var number = 1; number <= versions.Count; number++)
                {
                    json.WriteStartObject();
                    WriteVersion(json, uri, name, number, versions[number - 1].IsEnabled);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteNull("nextLink");
            }
        );

    /// <summary>
    /// Writes what the list and the value have in common. Each version is one second newer than the previous one.
    /// </summary>
    private static void WriteVersion(Utf8JsonWriter json, Uri uri, string name, int number, bool isEnabled)
    {
        json.WriteString("id", $"{uri.GetLeftPart(UriPartial.Authority)}/secrets/{name}/{number}");
        json.WriteStartObject("attributes");
        json.WriteBoolean("enabled", isEnabled);
        json.WriteNumber("created", number);
        json.WriteNumber("updated", number);
        json.WriteString("recoveryLevel", "Recoverable+Purgeable");
        json.WriteNumber("recoverableDays", 90);
        json.WriteEndObject();
    }

    private static HttpResponseMessage Error(HttpStatusCode status, string code, string message) =>
        Json(
            status,
            json =>
            {
                json.WriteStartObject("error");
                json.WriteString("code", code);
                json.WriteString("message", message);
                json.WriteEndObject();
            }
        );

    private static HttpResponseMessage Json(HttpStatusCode status, Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return new HttpResponseMessage(status)
        {
            Content = new ByteArrayContent(buffer.WrittenSpan.ToArray())
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") },
            },
        };
    }
}
