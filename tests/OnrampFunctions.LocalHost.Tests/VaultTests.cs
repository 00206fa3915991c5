using System.Collections.Frozen;
using System.Net;

namespace OnrampFunctions.LocalHost.Tests;

/// <summary>
/// A vault with invalid responses may prevent the recovery of a refused signature, but never affects the process or its
/// current pair.
/// </summary>
public sealed class VaultTests
{
    private static readonly ProviderCredentials Next = new("next_key", "next_secret");

    public static TheoryData<string, string> Nonsense =>
        new() { { "vault", """{"state":"nonsense"}""" }, { "faults", """{"rates":{"vault-nonsense":1}}""" } };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task Cannot_answer_worse_than_502_while_the_vault_answers_nonsense_and_cancels_when_it_has_the_new_pair(
        string path,
        string body
    )
    {
        await using var host = await RunningHost.StartAsync();
        host.Simulator.Credentials = Next;
        Assert.Equal(HttpStatusCode.OK, (await host.PutAsync($"/simulator/{path}", body)).Status);

        // Each kind of invalid response twice, with two reads each.
        for (var i = 0; i < 8; i++)
        {
            host.Clock.Advance(TimeSpan.FromSeconds(5));
            var answer = await host.CancelAsync("1443");
            Assert.Equal((HttpStatusCode.BadGateway, "credentials-refused"), (answer.Status, answer.Problem));
        }

        Assert.Equal(
            8,
            host.Log.Lines.Count(line =>
                line.StartsWith("Warning: Still signing with the previous pair", StringComparison.Ordinal)
            )
        );
        host.Host.Vault.State = VaultState.Ok;
        host.Host.Faults.Settings = FaultSettings.None;
        host.Host.Vault.Rotate(Next);
        host.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.OK, (await host.CancelAsync("1443")).Status);
    }

    [Fact]
    public async Task Cannot_lose_the_pair_that_works_while_the_vault_answers_nonsense()
    {
        await using var host = await RunningHost.StartAsync();
        host.Host.Faults.Settings = new FaultSettings
        {
            Rates = FrozenDictionary.ToFrozenDictionary([KeyValuePair.Create(FaultKind.VaultNonsense, 1.0)]),
        };
        host.Simulator.Order("1443").Plan([new PlannedFault(FaultKind.RefusedSignature)]);

        // Refused once. getOrder, signed with the same pair, shows that the order is waiting. Then it is cancelled.
        await host.CancelAsync("1443");
        Assert.Equal(HttpStatusCode.OK, (await host.CancelAsync("1443")).Status);
        Assert.True(host.Host.Faults.CountOf(FaultKind.VaultNonsense) > 0);
    }

    [Fact]
    public async Task Uses_and_names_its_own_vault_whatever_the_environment_sets()
    {
        await using var host = await RunningHost.StartAsync(("KeyVault__VaultUri", "https://example.vault.azure.net/"));

        var line = Assert.Single(
            host.Log.Lines,
            static line => line.Contains("loaded from Key Vault", StringComparison.Ordinal)
        );
        Assert.Contains("https://local.vault.azure.net/", line, StringComparison.Ordinal);
    }
}
