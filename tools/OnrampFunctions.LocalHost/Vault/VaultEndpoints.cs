using System.Globalization;

namespace OnrampFunctions.LocalHost.Vault;

/// <summary>Rotates secrets and changes the state of the vault: <c>/simulator/vault</c>.</summary>
internal sealed class VaultEndpoints(LocalVault vault, OnrampSimulator simulator, LocalJson json)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/simulator/vault", WriteAsync);
        routes.MapPut("/simulator/vault", PutAsync);
    }

    private Task WriteAsync(HttpContext context)
    {
        VaultView view = new(
            vault.State.ToString().ToLowerInvariant(),
            vault.Version,
            vault.WebhookSecrets.Count,
            vault.Reads
        );
        return json.WriteAsync(context, 200, view);
    }

    private async Task PutAsync(HttpContext context)
    {
        if (await json.ReadAsync<VaultRequest>(context) is not { } request)
        {
            return;
        }

        var state = vault.State;
        if (
            request.State is { } name
            && (
                !Enum.TryParse(name, ignoreCase: true, out state)
                || !Enum.IsDefined(state)
                || char.IsAsciiDigit(name[0])
            )
        )
        {
            await LocalJson.WriteErrorAsync(
                context,
                400,
                $"state must be one of {string.Join(", ", Enum.GetNames<VaultState>()).ToLowerInvariant()}."
            );
            return;
        }

        if (request.ApiKey is "" || request.ApiSecret is "")
        {
            await LocalJson.WriteErrorAsync(context, 400, "apiKey and apiSecret must not be empty.");
            return;
        }

        if (request.WebhookSecret is { } secret)
        {
            vault.RotateWebhookSecret(secret);
        }

        foreach (var (what, isEnabled) in new[] { (request.Disable, false), (request.Enable, true) })
        {
            if (what is not null && !TryEnable(what, isEnabled))
            {
                await LocalJson.WriteErrorAsync(
                    context,
                    400,
                    "disable and enable must name a secret of the vault or its version: webhook-shop, onramp-api-key/1."
                );
                return;
            }
        }

        if (request.State is not null)
        {
            vault.State = state;
        }

        if (request.ApiKey is not null || request.ApiSecret is not null)
        {
            var before = simulator.Credentials;
            ProviderCredentials after = new(request.ApiKey ?? before.ApiKey, request.ApiSecret ?? before.ApiSecret);
            if (request.VaultOnly)
            {
                vault.Store(after);
            }
            else
            {
                vault.Rotate(after);
            }
        }

        await WriteAsync(context);
    }

    private bool TryEnable(string what, bool isEnabled) =>
        what.Split('/') is [var name, .. var rest]
        && rest.Length < 2
        && (
            rest.Length == 0
                ? vault.TryEnable(name, version: null, isEnabled)
                : int.TryParse(rest[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                    && vault.TryEnable(name, version, isEnabled)
        );
}
