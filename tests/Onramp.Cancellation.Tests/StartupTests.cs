using System.Net;

namespace Onramp.Cancellation.Tests;

/// <summary>A service that cannot work ends at the start, with a sentence that says what to do.</summary>
[Collection(nameof(Console))]
public sealed class StartupTests
{
    public static TheoryData<string, string, string> BadSettings => new()
    {
        { "KeyVault:VaultUri", "", "KeyVault__VaultUri is missing" },
        { "KeyVault:VaultUri", "http://kv-test.vault.azure.net/", "KeyVault__VaultUri must be an https address" },
        { "KeyVault:VaultUri", "kv-test", "KeyVault__VaultUri must be an https address" },
        { "KeyVault:ApiKeySecretName", "a b", "KeyVault__ApiKeySecretName must be" },
        { "KeyVault:StartupBudget", "00:01:00", "KeyVault__StartupBudget must be between" },
        { "Onramp:BaseUrl", "http://api.onramp.money", "Onramp__BaseUrl must be an https address" },
        { "Onramp:BaseUrl", "https://api.onramp.money/path", "Onramp__BaseUrl must be an https address" },
        { "Onramp:CallTimeout", "00:00:09", "Onramp__TotalBudget must leave time" },
        { "Onramp:CallTimeout", "soon", "Onramp:CallTimeout" },
        { "Onramp:MaxRetries", "-1", "Onramp__MaxRetries must be between" },
        { "Queue:RetryDelays:0", "-00:00:01", "Queue__RetryDelays__0" },
        { "Queue:RetryJitter", "2", "Queue__RetryJitter must be between" },
        { "Timeouts:MaxDelay", "366.00:00:00", "Timeouts__MaxDelay must be between" },
        { "Timeouts:MinDelay", "40.00:00:00", "Timeouts__MaxDelay must not be less" },
        { "Outcomes:Source", "", "Outcomes__Source must not be empty" },
    };

    [Theory]
    [MemberData(nameof(BadSettings))]
    public async Task A_bad_setting_ends_the_process_with_a_sentence_that_names_it(string name, string value, string expected)
    {
        await using var service = Service.Create((name, value));
        var (exitCode, error) = await RunAsync(service);
        Assert.Equal(1, exitCode);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_bad_settings_are_named_at_once()
    {
        await using var service = Service.Create(("Onramp:MaxRetries", "-1"), ("Queue:RetryJitter", "2"));
        var (_, error) = await RunAsync(service);
        Assert.Contains("Onramp__MaxRetries", error, StringComparison.Ordinal);
        Assert.Contains("Queue__RetryJitter", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, "SecretNotFound", "not found", "the vault has no such secret")]
    [InlineData(403, "Forbidden", "Caller is not authorized to perform action", "Key Vault Secrets User")]
    [InlineData(403, "Forbidden", "Client address is not authorized: request blocked by firewall", "the vault's firewall refuses")]
    [InlineData(403, "Forbidden", "Operation get is not allowed on a disabled secret", "the secret is disabled")]
    [InlineData(401, "Unauthorized", "AKV10032: Invalid issuer", "access is denied")]
    [InlineData(500, "InternalError", "oops", "the vault answered 500")]
    public async Task A_vault_that_refuses_ends_the_process_with_the_likely_mend(int status, string code, string message, string expected)
    {
        await using var service = Service.Create();
        service.Vault.Fault = _ => FakeVault.Error((HttpStatusCode)status, code, message);
        await AssertEndsAsync(service, expected);
    }

    [Fact]
    public async Task An_unreachable_vault_ends_the_process_with_the_likely_mend()
    {
        await using var service = Service.Create();
        service.Vault.Fault = _ => throw new HttpRequestException("Name or service not known");
        await AssertEndsAsync(service, "the vault cannot be reached");
    }

    [Fact]
    public async Task A_vault_that_does_not_answer_ends_the_process_when_the_budget_is_spent()
    {
        await using var service = Service.Create();
        service.Vault.Fault = token =>
        {
            service.Time.Advance(TimeSpan.FromSeconds(20));
            token.ThrowIfCancellationRequested();
            throw new InvalidOperationException("The start has no budget of 20 s.");
        };
        await AssertEndsAsync(service, "did not answer within KeyVault__StartupBudget");
    }

    [Theory]
    [InlineData("onramp-api-secret", "", "its value cannot be used")]
    [InlineData("onramp-api-secret", "secret\\n", "begins or ends with white space")]
    [InlineData("onramp-api-key", "key\\n", "a line break")]
    public async Task A_secret_that_cannot_be_right_ends_the_process_and_is_not_quoted(string name, string value, string expected)
    {
        await using var service = Service.Create();
        service.Vault.Secrets[name] = value;
        await AssertEndsAsync(service, expected);
    }

    private static async Task AssertEndsAsync(Service service, string expected)
    {
        var (exitCode, error) = await RunAsync(service);
        Assert.Equal(1, exitCode);
        Assert.Contains(FakeVault.Address.ToString(), error, StringComparison.Ordinal);
        Assert.Contains("'onramp-api-", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    private static async Task<(int ExitCode, string Error)> RunAsync(Service service)
    {
        var standardError = Console.Error;
        await using var captured = new StringWriter();
        Console.SetError(captured);
        try
        {
            return (await service.RunToExitCodeAsync(), captured.ToString());
        }
        finally
        {
            Console.SetError(standardError);
        }
    }
}
