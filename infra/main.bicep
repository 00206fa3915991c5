metadata description = 'The service that cancels Onramp orders by HTTP and by queue, in one resource group.'

import { namesOf } from 'modules/names.bicep'
import { subnetsType } from 'modules/network.bicep'
import { tuningType } from 'modules/tuning.bicep'

@description('Azure region. The default is the region of the resource group. It must offer Flex Consumption.')
param location string = resourceGroup().location

@description('Tags of every resource.')
param tags object = {}

@description('Memory of an instance in MB. More requests per instance cost less than more memory.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

// For bursts of HTTP requests the platform treats this as a target. Onramp__MaxConcurrentCalls, the limit per instance,
// is always enforced.
@description('Maximum on-demand instances of each scale group. Some regions reject values below 40.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Concurrent HTTP requests of an instance. Above Onramp__MaxConcurrentCalls they wait inside it.')
@minValue(1)
@maxValue(1000)
param httpConcurrencyPerInstance int = 50

@description('Always-ready instances for HTTP. With 0 the first caller waits for a cold start.')
@minValue(0)
@maxValue(100)
param alwaysReadyHttp int = 0

@description('Always-ready instances for the queue. With 1 the queue does not depend on the scale controller.')
@minValue(0)
@maxValue(100)
param alwaysReadyQueue int = 0

@description('Name of the function that reads the queue, as in the code.')
@minLength(1)
param queueFunctionName string = 'CancelOrderFromQueue'

@description('Name of the function that records results, as in the code.')
@minLength(1)
param recordsFunctionName string = 'RecordOutcome'

@description('Spread instances and storage over zones, which the region must have. Cannot be changed later.')
param zoneRedundant bool = false

@description('Start workers in the platform\'s placeholder process: faster, but .NET 10 is reported to crash there.')
param usePlaceholders bool = false

// namespaceOwner: Data Owner on the namespace, the documented way. namespaceReader: a custom role with
// Microsoft.ServiceBus/namespaces/*/read on the namespace, and other rights on the queue and the topic only. queueOnly:
// no such right; the platform does not start the app reliably, so alwaysReadyQueue is needed.
@description('How the platform reads the length of the queue: namespaceOwner, namespaceReader or queueOnly.')
@allowed(['namespaceOwner', 'namespaceReader', 'queueOnly'])
param scaleAccess string = 'namespaceOwner'

@description('Id (a GUID) of the custom role for namespaceReader.')
param scaleReaderRoleId string = ''

@description('Service Bus tier. Standard allows about 1,000 operations a second, which is about 100 cancels.')
@allowed(['Standard', 'Premium'])
param serviceBusSku string = 'Standard'

// public: everything is reachable from the internet, with a role or a key. backend: the app is in a virtual network,
// and storage, vault and a Premium namespace are reachable only from there; a Standard namespace cannot be restricted.
// closed: the app too is reachable only from there.
@description('Network access: public, backend or closed.')
@allowed(['public', 'backend', 'closed'])
param network string = 'public'

@description('Address range of the virtual network.')
param networkAddressPrefix string = '10.100.0.0/24'

// A landing zone has networks and DNS zones of its own. The app needs a subnet delegated to Microsoft.App/environments.
@description('Ids of existing subnets, { app: ..., endpoints: ... }, instead of a new virtual network.')
param subnets subnetsType?

@description('Private DNS zones: create, policy (Azure Policy adds the records), or the id of their resource group.')
@minLength(6)
param privateDnsZones string = 'create'

@description('Send the calls of the app from one fixed address, for the allow list of a provider. New network only.')
param fixedAddress bool = false

@description('Address ranges from which callers may reach the app. Empty: from everywhere that the network allows.')
param callerAddresses string[] = []

@description('Public IP address from which the secrets of a restricted vault are set. Empty: only from the network.')
param deployerAddress string = ''

@description('Client id of an app registration. Callers need one of its tokens and a key. Empty: only a key.')
param signInClientId string = ''

@description('How running instances are replaced. RollingUpdate lets them finish; it is a preview, not for production.')
@allowed(['Recreate', 'RollingUpdate'])
param updateStrategy string = 'Recreate'

@description('Protect vault, namespace and storage from deletion. The deployer then needs Locks Contributor or Owner.')
param locked bool = false

@description('Keep the platform logs of messaging, storage and the app.')
param platformLogs bool = true

@description('Messaging units, Premium only.')
@allowed([1, 2, 4, 8, 16])
param serviceBusPremiumUnits int = 1

@description('Second region to which the namespace is replicated, Premium only. Empty: none.')
param serviceBusReplicaLocation string = ''

// The instances share the limit Onramp__CallsPerSecond of tuning. Without Redis it limits each instance.
@description('Size of the Azure Managed Redis through which all instances share one limit of calls to the provider.')
@allowed(['Off', 'Balanced_B0', 'Balanced_B1', 'Balanced_B3'])
param sharedLimit string = 'Off'

@description('Queue of cancel requests.')
@minLength(1)
@maxLength(260)
param queueName string = 'cancel-requests'

@description('Topic of results.')
@minLength(1)
@maxLength(260)
param topicName string = 'cancel-results'

@description('Subscription of the topic from which the app records results.')
@minLength(1)
@maxLength(50)
param recordsSubscriptionName string = 'records'

@description('Duplicate detection window of the topic. The default is the maximum. Shorten it for high rates.')
@allowed(['PT1H', 'P1D', 'P7D'])
param duplicateDetectionWindow string = 'P7D'

@description('Create the subscriptions all and failures. Turn this off if they have no reader.')
param exampleSubscriptions bool = true

@description('Days during which a deleted vault can be recovered and its name is reserved. Cannot be changed later.')
@minValue(7)
@maxValue(90)
param vaultRetentionInDays int = 90

@description('Retention of logs in days.')
@minValue(30)
@maxValue(730)
param logRetentionInDays int = 30

@description('Maximum gigabytes of logs a day. Once it is reached, alerts on logs do not fire.')
@minValue(1)
@maxValue(100)
param logDailyQuotaGb int = 5

@description('Email address for alerts, or none to show them in the portal only. Required on purpose.')
@minLength(4)
param alertEmail string

// An action group can call a pager, send text messages or open tickets. The addresses for that are secrets, so they are
// not parameters here: see README.md.
@description('Id of an existing action group that receives alerts too. Empty: none.')
param alertActionGroupId string = ''

// It keeps an instance running. It is off in a closed network, which nothing outside can reach.
@description('Ask for /api/health from outside, every five minutes from three places.')
param availabilityTest bool = true

@description('Budget of the resource group in US dollars a month, which needs a receiver of alerts. 0: none.')
@minValue(0)
param monthlyBudget int = 0

@description('First day of the month in which the budget is created, such as 2027-01-01. It cannot be changed later.')
param budgetStart string = ''

@description('Objective: requests of 1000 that get a definite answer of the provider. Two alerts use it.')
@minValue(900)
@maxValue(999)
param successObjective int = 995

@description('Alert threshold: seconds since Key Vault last confirmed the credentials, three refresh intervals.')
@minValue(3600)
param credentialsAgeThreshold int = 5400

@description('Alert threshold: failed outcomes within 15 minutes.')
@minValue(0)
param failedOutcomesThreshold int = 5

@description('Alert threshold: responses with status 500 to 599 within 15 minutes.')
@minValue(0)
param serverErrorsThreshold int = 10

@description('Alert threshold: scheduled messages. Choose more than the timeouts that are armed on a normal day.')
@minValue(1)
param scheduledMessagesThreshold int = 10000

@description('Alert threshold: messages that wait for 15 minutes.')
@minValue(1)
param waitingMessagesThreshold int = 100

@description('Alert when no request arrives for this time.')
@allowed(['Off', 'PT1H', 'PT6H', 'P1D'])
param noTrafficWindow string = 'Off'

// Caller shop has the secret webhook-shop, which deploy.sh creates. Then every HTTP request needs a signature, unless
// tuning sets Callers__Signatures to accept.
@description('Names of the callers that sign their requests. Empty: signatures are off.')
param signingCallers string[] = []

@description('App settings that differ from their defaults.')
param tuning tuningType = {}

// Names become globally unique and satisfy every length rule.
var names = namesOf(uniqueString(resourceGroup().id), serviceBusSku == 'Premium')
var inNetwork = network != 'public'
var newNetwork = inNetwork && subnets == null
var appSubnetId = newNetwork ? virtualNetwork!.outputs.appSubnetId : (subnets.?app ?? '')
var endpoints = {
  // The network of a subnet is the part of its id before the subnet.
  networkId: newNetwork ? virtualNetwork!.outputs.id : split(subnets.?endpoints ?? '', '/subnets/')[0]
  subnetId: newNetwork ? virtualNetwork!.outputs.endpointSubnetId : (subnets.?endpoints ?? '')
}
// As in the code: each value of RowTable.
var tableNames = ['CancelTimeouts', 'CancelRequests', 'CancelOutcomes', 'CancelWaiting', 'CancelRetention']

// Combinations of parameters that are not allowed.
var checkedScaleAccess = scaleAccess == 'queueOnly' && alwaysReadyQueue == 0
  ? fail('scaleAccess queueOnly needs alwaysReadyQueue of at least 1: the app is not started reliably')
  : scaleAccess == 'namespaceReader' && empty(scaleReaderRoleId)
      ? fail('scaleAccess namespaceReader needs scaleReaderRoleId: a role with Microsoft.ServiceBus/namespaces/*/read')
      : scaleAccess
var checkedEmail = alertEmail == 'none'
  ? ''
  : contains(alertEmail, '@') ? alertEmail : fail('alertEmail must be an email address or none')

var checkedReplicaLocation = !empty(serviceBusReplicaLocation) && serviceBusSku == 'Standard'
  ? fail('serviceBusReplicaLocation needs serviceBusSku Premium: a Standard namespace is not replicated')
  : serviceBusReplicaLocation
var checkedSharedLimit = sharedLimit != 'Off' && empty(tuning.?Onramp__CallsPerSecond)
  ? fail('sharedLimit needs Onramp__CallsPerSecond in tuning: the limit that the instances share')
  : sharedLimit
var checkedBudget = monthlyBudget > 0 && (empty(budgetStart) || (alertEmail == 'none' && empty(alertActionGroupId)))
  ? fail('monthlyBudget needs budgetStart, and alertEmail or alertActionGroupId')
  : monthlyBudget

module identity 'modules/identity.bicep' = {
  params: {
    location: location
    tags: tags
    name: names.identity
  }
}

module monitoring 'modules/monitoring.bicep' = {
  params: {
    location: location
    tags: tags
    workspaceName: names.workspace
    insightsName: names.insights
    retentionInDays: logRetentionInDays
    dailyQuotaGb: logDailyQuotaGb
  }
}

module storage 'modules/storage.bicep' = {
  params: {
    location: location
    tags: tags
    name: names.storage
    containerName: 'app-package'
    tableNames: tableNames
    // The rows of timeouts and records follow their messages to the other region.
    sku: zoneRedundant
      ? (empty(serviceBusReplicaLocation) ? 'Standard_ZRS' : 'Standard_GZRS')
      : (empty(serviceBusReplicaLocation) ? 'Standard_LRS' : 'Standard_GRS')
    closed: inNetwork
  }
}

module vault 'modules/vault.bicep' = {
  params: {
    location: location
    tags: tags
    name: names.vault
    softDeleteRetentionInDays: vaultRetentionInDays
    closed: inNetwork
    allowedAddress: inNetwork ? deployerAddress : ''
    workspaceId: monitoring.outputs.workspaceId
  }
}

module messaging 'modules/messaging.bicep' = {
  params: {
    location: location
    tags: tags
    name: names.namespace
    sku: serviceBusSku
    premiumUnits: serviceBusPremiumUnits
    queueName: queueName
    topicName: topicName
    recordsSubscriptionName: recordsSubscriptionName
    replicaLocation: checkedReplicaLocation
    duplicateDetectionWindow: duplicateDetectionWindow
    exampleSubscriptions: exampleSubscriptions
    closed: inNetwork && serviceBusSku == 'Premium'
  }
}

module virtualNetwork 'modules/network.bicep' = if (newNetwork) {
  params: {
    location: location
    tags: tags
    name: names.network
    addressPrefix: networkAddressPrefix
    fixedAddress: fixedAddress
  }
}

module vaultEndpoint 'modules/private-endpoint.bicep' = if (inNetwork) {
  params: {
    location: location
    tags: tags
    name: 'pe-vault'
    targetId: vault.outputs.id
    group: 'vault'
    zoneName: 'privatelink.vaultcore.azure.net'
    network: endpoints
    dnsZones: privateDnsZones
  }
}

module storageEndpoint 'modules/private-endpoint.bicep' = if (inNetwork) {
  params: {
    location: location
    tags: tags
    name: 'pe-storage'
    targetId: storage.outputs.id
    group: 'blob'
    zoneName: 'privatelink.blob.${environment().suffixes.storage}'
    network: endpoints
    dnsZones: privateDnsZones
  }
}

module tablesEndpoint 'modules/private-endpoint.bicep' = if (inNetwork) {
  params: {
    location: location
    tags: tags
    name: 'pe-tables'
    targetId: storage.outputs.id
    group: 'table'
    zoneName: 'privatelink.table.${environment().suffixes.storage}'
    network: endpoints
    dnsZones: privateDnsZones
  }
}

module messagingEndpoint 'modules/private-endpoint.bicep' = if (inNetwork && serviceBusSku == 'Premium') {
  params: {
    location: location
    tags: tags
    name: 'pe-messaging'
    targetId: messaging.outputs.id
    group: 'namespace'
    zoneName: 'privatelink.servicebus.windows.net'
    network: endpoints
    dnsZones: privateDnsZones
  }
}

module appEndpoint 'modules/private-endpoint.bicep' = if (network == 'closed') {
  params: {
    location: location
    tags: tags
    name: 'pe-app'
    targetId: app.outputs.id
    group: 'sites'
    zoneName: 'privatelink.azurewebsites.net'
    network: endpoints
    dnsZones: privateDnsZones
  }
}

module redis 'modules/shared-limit.bicep' = if (sharedLimit != 'Off') {
  params: {
    location: location
    tags: tags
    name: names.redis
    sku: checkedSharedLimit
    // See the access module.
    #disable-next-line what-if-short-circuiting
    principalId: identity.outputs.principalId
    closed: inNetwork
  }
}

module redisEndpoint 'modules/private-endpoint.bicep' = if (inNetwork && sharedLimit != 'Off') {
  params: {
    location: location
    tags: tags
    name: 'pe-redis'
    targetId: redis!.outputs.id
    group: 'redisEnterprise'
    zoneName: 'privatelink.redis.azure.net'
    network: endpoints
    dnsZones: privateDnsZones
  }
}

module access 'modules/access.bicep' = {
  params: {
    // What-if cannot show the names of role assignments, because they depend on the principal. See access.bicep.
    #disable-next-line what-if-short-circuiting
    principalId: identity.outputs.principalId
    storageName: names.storage
    vaultName: names.vault
    namespaceName: names.namespace
    queueName: queueName
    topicName: topicName
    recordsSubscriptionName: recordsSubscriptionName
    scaleAccess: checkedScaleAccess
    scaleReaderRoleId: scaleReaderRoleId
  }
  dependsOn: [storage, vault, messaging]
}

module hostAccess 'modules/host-access.bicep' = {
  params: {
    #disable-next-line what-if-short-circuiting
    principalId: identity.outputs.principalId
    storageName: names.storage
    insightsName: names.insights
    // The app has that right for its own tables.
    diagnosticEvents: false
  }
  dependsOn: [monitoring, storage]
}

module app 'modules/app.bicep' = {
  params: {
    location: location
    tags: tags
    planName: names.plan
    appName: names.app
    identityId: identity.outputs.id
    packageUrl: storage.outputs.packageUrl
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    httpConcurrencyPerInstance: httpConcurrencyPerInstance
    alwaysReadyHttp: alwaysReadyHttp
    alwaysReadyQueue: alwaysReadyQueue
    queueFunctionName: queueFunctionName
    // Without a role on the namespace the platform starts neither the queue function nor the recorder reliably.
    alwaysReadyRecords: checkedScaleAccess == 'queueOnly' ? 1 : 0
    recordsFunctionName: recordsFunctionName
    zoneRedundant: zoneRedundant
    subnetId: inNetwork ? appSubnetId : ''
    closed: network == 'closed'
    callerAddresses: callerAddresses
    updateStrategy: updateStrategy
  }
  // The host needs its storage, and the worker the vault, as soon as the app exists.
  dependsOn: [access, hostAccess, storageEndpoint, tablesEndpoint, vaultEndpoint, messagingEndpoint, redisEndpoint]
}

module settings 'modules/settings.bicep' = {
  params: {
    appName: names.app
    identityClientId: identity.outputs.clientId
    storageName: names.storage
    tableServiceUri: storage.outputs.tableServiceUri
    insightsConnectionString: monitoring.outputs.insightsConnectionString
    fullyQualifiedNamespace: messaging.outputs.fullyQualifiedNamespace
    queueName: queueName
    topicName: topicName
    recordsSubscriptionName: recordsSubscriptionName
    vaultUri: vault.outputs.uri
    usePlaceholders: usePlaceholders
    callersSignIn: !empty(signInClientId)
    signingCallers: signingCallers
    sharesLimit: sharedLimit != 'Off'
    sharedLimitAddress: sharedLimit == 'Off' ? '' : redis!.outputs.address
    // The HTTP functions and the queue function each have their own instances, and both call the provider. Those that
    // are always ready come on top; with zones the platform runs two of each.
    maximumInstances: 2 * maximumInstanceCount + max(alwaysReadyHttp, zoneRedundant ? 2 : 0) + max(
      alwaysReadyQueue,
      zoneRedundant ? 2 : 0
    )
    tuning: tuning
  }
  // The app may trust the headers of the sign-in only once callers cannot set them.
  dependsOn: [app, signIn]
}

module signIn 'modules/sign-in.bicep' = if (!empty(signInClientId)) {
  params: {
    appName: names.app
    clientId: signInClientId
  }
  dependsOn: [app]
}

module locks 'modules/locks.bicep' = if (locked) {
  params: {
    vaultName: names.vault
    namespaceName: names.namespace
    storageName: names.storage
  }
  dependsOn: [vault, messaging, storage]
}

module platform 'modules/platform-logs.bicep' = if (platformLogs) {
  params: {
    workspaceId: monitoring.outputs.workspaceId
    namespaceName: names.namespace
    sku: serviceBusSku
    storageName: names.storage
    appName: names.app
  }
  dependsOn: [messaging, storage, app]
}

module alerts 'modules/alerts.bicep' = {
  params: {
    location: location
    tags: tags
    namespaceId: messaging.outputs.id
    queueName: queueName
    topicName: topicName
    recordsFunctionName: recordsFunctionName
    workspaceId: monitoring.outputs.workspaceId
    insightsId: monitoring.outputs.insightsId
    successObjective: successObjective
    credentialsAge: credentialsAgeThreshold
    appId: app.outputs.id
    appClientId: identity.outputs.clientId
    vaultId: vault.outputs.id
    secretExpiry: true
    availabilityTest: availabilityTest && network != 'closed'
    healthUrl: 'https://${app.outputs.hostName}/api/health'
    email: checkedEmail
    actionGroupId: alertActionGroupId
    monthlyBudget: checkedBudget
    budgetStart: budgetStart
    failedOutcomes: failedOutcomesThreshold
    serverErrors: serverErrorsThreshold
    scheduledMessages: scheduledMessagesThreshold
    waitingMessages: waitingMessagesThreshold
    noTrafficWindow: noTrafficWindow
  }
}

module workbook 'modules/workbook.bicep' = {
  params: {
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
  }
}

// The outputs have the names that azd uses in its environment. deploy.sh passes them to the same scripts.
@description('Name of the function app, to deploy the code and list the keys.')
output AZURE_FUNCTION_APP_NAME string = names.app

@description('Address to cancel an order.')
output CANCEL_URL string = 'https://${app.outputs.hostName}/api/orders/cancel'

@description('Address that returns 200 when the secrets are loaded.')
output HEALTH_URL string = 'https://${app.outputs.hostName}/api/health'

@description('The resource group.')
output AZURE_RESOURCE_GROUP string = resourceGroup().name

@description('Key vault of the secrets.')
output AZURE_KEY_VAULT_NAME string = names.vault

@description('Resource id of that key vault.')
output AZURE_KEY_VAULT_ID string = vault.outputs.id

@description('Name of the secret with the API key.')
output API_KEY_SECRET_NAME string = tuning.?KeyVault__ApiKeySecretName ?? 'onramp-api-key'

@description('Name of the secret with the API secret.')
output API_SECRET_SECRET_NAME string = tuning.?KeyVault__ApiSecretSecretName ?? 'onramp-api-secret'

@description('Name of the secret that authenticates messages on the queue.')
output QUEUE_KEY_SECRET_NAME string = tuning.?KeyVault__QueueKeySecretName ?? 'queue-authentication-key'

@description('Names of the secrets with which callers sign, separated by spaces.')
output CALLER_SECRET_NAMES string = join(map(signingCallers, caller => 'webhook-${caller}'), ' ')

@description('Namespace for order systems, which send requests and read results with roles of their own.')
output SERVICE_BUS_NAMESPACE string = messaging.outputs.fullyQualifiedNamespace

@description('Queue of cancel requests.')
output CANCEL_REQUESTS_QUEUE string = queueName

@description('Topic of results.')
output CANCEL_RESULTS_TOPIC string = topicName

@description('Client id of the identity of the app.')
output APP_CLIENT_ID string = identity.outputs.clientId

@description('Principal id of the identity of the app. The roles that are not in the next list are removed from it.')
output APP_PRINCIPAL_ID string = identity.outputs.principalId

@description('Ids of all role assignments of the app.')
output ROLE_ASSIGNMENTS string = join(concat(access.outputs.assignmentIds, hostAccess.outputs.assignmentIds), ' ')
