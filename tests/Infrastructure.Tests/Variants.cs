namespace Infrastructure.Tests;

/// <summary>
/// Deployments in addition to the two environments. Together they use every branch of the templates; a test checks that
/// no value is left out.
/// </summary>
internal static class Variants
{
    private const string Using = "using 'main.bicep'\n";

    /// <summary>Parameter files by name.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } =
        new Dictionary<string, string>
        {
            // The longest names and the most permissive values.
            ["extremes"] =
                Using
                + $$"""
                    param queueName = '{{new string('q', 260)}}'
                    param topicName = '{{new string('t', 260)}}'
                    param deployerId = '00000000-0000-0000-0000-0000000000dd'
                    param deployerType = 'ServicePrincipal'
                    param recordsSubscriptionName = '{{new string('r', 50)}}'
                    param serviceBusSku = 'Premium'
                    param zoneRedundant = true
                    param alertEmail = 'someone@example.com'
                    param noTrafficWindow = 'PT6H'
                    param network = 'closed'
                    param signInClientId = '00000000-0000-0000-0000-0000000000cc'
                    param updateStrategy = 'RollingUpdate'
                    param tuning = { Onramp__MaxConcurrentCalls: '60' }
                    """,
            // The fewest rights, and as few public endpoints as a Standard namespace allows.
            ["narrow"] =
                Using
                + """
                    param alertEmail = 'none'
                    param scaleAccess = 'queueOnly'
                    param alwaysReadyQueue = 1
                    param exampleSubscriptions = false
                    param usePlaceholders = true
                    param network = 'backend'
                    param deployerAddress = '203.0.113.7'
                    """,
            ["reader"] =
                Using
                + """
                    param alertEmail = 'none'
                    param scaleAccess = 'namespaceReader'
                    param scaleReaderRoleId = '00000000-0000-0000-0000-0000000000aa'
                    param deployerId = '00000000-0000-0000-0000-0000000000dd'
                    param deployerType = 'Group'
                    param platformLogs = false
                    """,
        };
}
