namespace Onramp.Cancellation.Tests;

/// <summary>
/// A secret that was copied or piped with extra characters: every signature would be refused without a visible reason.
/// </summary>
[Collection(nameof(Console))]
public sealed class SecretValueTests
{
    // No sentence contains four of these letters in a row.
    private const string Value = "xqzkjvwq";

    /// <summary>
    /// Sources: microsoft/azuredevopslabs#715 (quotes), files saved by Notepad (byte order mark), echo (line break),
    /// web pages (the rest).
    /// </summary>
    public static TheoryData<string, string> Damaged =>
        new()
        {
            { "", "is empty" },
            { " ", "white space" },
            { $" {Value}", "begins or ends with white space" },
            { $"{Value} ", "begins or ends with white space" },
            { $"{Value}\n", "a line break (U+000A)" },
            { $"{Value}\r\n", "a line break (U+000D)" },
            { $"{Value}\n{Value}", "a line break (U+000A)" },
            { $"{Value}\u0085{Value}", "a line break (U+0085)" },
            { $"{Value}\u2028", "a line break (U+2028)" },
            { $"{Value}\u2029", "a line break (U+2029)" },
            { $"{Value}\t{Value}", "a control character (U+0009)" },
            { $"{Value}\0", "a control character (U+0000)" },
            { $"\u001b[0m{Value}", "a control character (U+001B)" },
            { $"{Value}\u007f", "a control character (U+007F)" },
            { $"\ufeff{Value}", "a byte order mark (U+FEFF)" },
            { $"{Value}\ufeff", "a byte order mark (U+FEFF)" },
            { $"{Value}\u200b", "an invisible character (U+200B)" },
            { $"{Value}\u200c{Value}", "an invisible character (U+200C)" },
            { $"{Value}\u200d", "an invisible character (U+200D)" },
            { $"{Value}\u2060", "an invisible character (U+2060)" },
            { $"\u202a{Value}", "an invisible character (U+202A)" },
            { $"{Value}\u00ad{Value}", "an invisible character (U+00AD)" },
            { $"{Value}\u3164", "an invisible character (U+3164)" },
            { $"{Value}\ufe0f", "an invisible character (U+FE0F)" },
            { $"{Value}\U000e0041", "an invisible character (U+E0041)" },
            { $"\u00a0{Value}", "white space that is not an ordinary space (U+00A0)" },
            { $"{Value}\u3000{Value}", "white space that is not an ordinary space (U+3000)" },
            { $"{Value}\ufffd", "a damaged character (U+FFFD)" },
            { $"\"{Value}\"", "is in quotes" },
            { $"'{Value}'", "is in quotes" },
            { $"`{Value}`", "is in quotes" },
            { $"“{Value}”", "is in quotes" },
            { $"„{Value}“", "is in quotes" },
            { $"‘{Value}’", "is in quotes" },
            { $"«{Value}»", "is in quotes" },
            { "\"\"", "is in quotes" },
            // Placeholders of templates, pipelines and guides instead of the secret.
            { "TODO", "is a placeholder" },
            { "todo", "is a placeholder" },
            { "-- TBD --", "is a placeholder" },
            { "changeme", "is a placeholder" },
            { "change-me!", "is a placeholder" },
            { "REPLACE_ME", "is a placeholder" },
            { "<secret>", "is a placeholder" },
            { "<your-api-key>", "is a placeholder" },
            { "your-api-secret-here", "is a placeholder" },
            { "enter-secret", "is a placeholder" },
            { "${ONRAMP_SECRET}", "is a placeholder" },
            { "$(ONRAMP_SECRET)", "is a placeholder" },
            { "{{onramp_secret}}", "is a placeholder" },
            { "#{onramp.secret}#", "is a placeholder" },
            { "%ONRAMP_SECRET%", "is a placeholder" },
            { "__ONRAMP_SECRET__", "is a placeholder" },
            { "null", "is a placeholder" },
            { "undefined", "is a placeholder" },
            { "xxxxxxxxxxxxxxxx", "is a placeholder" },
            { "****************", "is a placeholder" },
            {
                "@Microsoft.KeyVault(SecretUri=https://kv-test.vault.azure.net/secrets/onramp-api-secret)",
                "is a Key Vault reference"
            },
            { "@Microsoft.KeyVault(VaultName=kv-test;SecretName=onramp-api-secret)", "is a Key Vault reference" },
            { "https://kv-test.vault.azure.net/secrets/onramp-api-secret", "is an address" },
            { $$"""{"apiKey":"{{Value}}"}""", "is JSON" },
            { $$"""["{{Value}}"]""", "is JSON" },
            { new string('x', 10) + new string('y', 25_000), "has more than 1024 characters" },
        };

    [Theory]
    [MemberData(nameof(Damaged))]
    public async Task Cannot_start_with_a_damaged_api_secret_and_says_what_is_wrong_without_quoting_it(
        string value,
        string told
    ) => await AssertRefusedAsync("onramp-api-secret", value, told);

    [Theory]
    [MemberData(nameof(Damaged))]
    [InlineData($"{Value} {Value}", "a space or a non-ASCII character")]
    [InlineData($"{Value}é", "a space or a non-ASCII character")]
    [InlineData($"{Value}а", "a space or a non-ASCII character")]
    public async Task Cannot_start_with_a_damaged_api_key_and_says_what_is_wrong_without_quoting_it(
        string value,
        string told
    ) => await AssertRefusedAsync("onramp-api-key", value, told);

    [Fact]
    public async Task Cannot_change_to_a_damaged_pair()
    {
        await using var service = await Service.StartAsync();
        service.Vault.Secrets["onramp-api-key"] = "next_key";
        service.Vault.Secrets["onramp-api-secret"] = $"{Value}\n";
        service.Provider.Otherwise = Answers.BadSignature;

        // The new key with the old secret is tried too.
        Assert.Equal(OutcomeKind.Credentials, (await service.CancelAsync()).Kind);

        Assert.Equal("test_key", service.Get<CredentialStore>().Current.ApiKey);
        var warning = Assert.Single(
            service.Log.Lines,
            line => line.Text.Contains("a line break (U+000A)", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(Value, warning.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("with \"quotes\" inside")]
    [InlineData("\"only-at-one-end")]
    [InlineData("\"")]
    [InlineData("pässwörd €")]
    [InlineData("base64+/==")]
    [InlineData("{\"a\":\\u200b}")]
    [InlineData("todo-4f9c2e")]
    [InlineData("secret_4f9c2e")]
    [InlineData("aab")]
    public async Task Can_start_with_an_unusual_api_secret(string value)
    {
        await using var service = Service.Create();
        service.Vault.Secrets["onramp-api-secret"] = value;
        await service.Get<CredentialStore>().LoadAsync(TestContext.Current.CancellationToken);
        Assert.True(service.Get<CredentialStore>().IsLoaded);
    }

    private static async Task AssertRefusedAsync(string name, string value, string told)
    {
        await using var service = Service.Create();
        service.Vault.Secrets[name] = value;

        var line = await Startup.FailForSecretAsync(service);

        Assert.Contains($"'{name}'", line, StringComparison.Ordinal);
        Assert.Contains(told, line, StringComparison.Ordinal);
        Assert.Contains("Set it again", line, StringComparison.Ordinal);
        Assert.DoesNotContain(Value[..4], line, StringComparison.Ordinal);
    }
}
