namespace Infrastructure.Tests;

/// <summary>
/// Deployments in addition to the two environments. Together they use every branch of the templates; a test checks that
/// no value is left out.
/// </summary>
internal static class Variants
{
    public const string Using = "using 'main.bicep'\n";

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
                    param serviceBusReplicaLocation = 'northeurope'
                    param sharedLimit = 'Balanced_B0'
                    param alertActionGroupId = '/subscriptions/00000000-0000-0000-0000-0000000000ff/resourceGroups/duty/providers/Microsoft.Insights/actionGroups/pager'
                    param monthlyBudget = 500
                    param budgetStart = '2027-01-01'
                    param fixedAddress = true
                    param callerAddresses = ['203.0.113.0/24']
                    param recordsSubscriptionName = '{{new string('r', 50)}}'
                    param serviceBusSku = 'Premium'
                    param zoneRedundant = true
                    param alertEmail = 'someone@example.com'
                    param noTrafficWindow = 'PT6H'
                    param network = 'closed'
                    param signInClientId = '00000000-0000-0000-0000-0000000000cc'
                    param updateStrategy = 'RollingUpdate'
                    param tuning = { Onramp__MaxConcurrentCalls: '60', Onramp__CallsPerSecond: '50' }
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
            // A landing zone: its networks, its DNS zones, and nothing of it created here.
            ["landed"] =
                Using
                + """
                    param alertEmail = 'none'
                    param network = 'backend'
                    param subnets = {
                      app: '/subscriptions/00000000-0000-0000-0000-0000000000ff/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/spoke/subnets/app'
                      endpoints: '/subscriptions/00000000-0000-0000-0000-0000000000ff/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/spoke/subnets/endpoints'
                    }
                    param privateDnsZones = '/subscriptions/00000000-0000-0000-0000-0000000000ff/resourceGroups/dns'
                    """,
            ["governed"] =
                Using
                + """
                    param alertEmail = 'none'
                    param network = 'backend'
                    param privateDnsZones = 'policy'
                    param sharedLimit = 'Balanced_B3'
                    param tuning = { Onramp__CallsPerSecond: '50' }
                    """,
            ["reader"] =
                Using
                + """
                    param alertEmail = 'none'
                    param scaleAccess = 'namespaceReader'
                    param scaleReaderRoleId = '00000000-0000-0000-0000-0000000000aa'
                    param alertActionGroupId = '/subscriptions/00000000-0000-0000-0000-0000000000ff/resourceGroups/duty/providers/Microsoft.Insights/actionGroups/pager'
                    param platformLogs = false
                    param availabilityTest = false
                    param sharedLimit = 'Balanced_B1'
                    param tuning = { Onramp__CallsPerSecond: '50' }
                    param duplicateDetectionWindow = 'P1D'
                    """,
        };
}
