metadata description = 'Cancels Onramp orders by HTTP and by queue: everything the service needs, in one resource group.'

import { tuningType } from 'modules/tuning.bicep'

@description('Azure region; by default the one of the resource group. It must offer Flex Consumption.')
param location string = resourceGroup().location

@description('Tags of every resource.')
param tags object = {}

@description('Memory of an instance in MB. The service waits far more than it computes: more requests per instance come cheaper than more memory.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('On-demand instances of each scale group at most (HTTP is one group, the queue another). Some regions refuse less than 40. For HTTP bursts the platform treats it as a target, so the limit per instance, Onramp__MaxConcurrentCalls, is the firm one.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('HTTP requests that one instance serves at the same time. At most Onramp__MaxConcurrentCalls, or requests queue up inside the instance.')
@minValue(1)
@maxValue(1000)
param httpConcurrencyPerInstance int = 50

@description('Instances that always wait for HTTP requests; 0 scales to nothing and lets the first caller wait for a cold start.')
@minValue(0)
@maxValue(100)
param alwaysReadyHttp int = 0

@description('Instances that always wait for queue messages; 1 makes the queue independent of being woken by the scale controller.')
@minValue(0)
@maxValue(100)
param alwaysReadyQueue int = 0

@description('Name of the function that reads the queue, as in the code.')
@minLength(1)
param queueFunctionName string = 'CancelOrderFromQueue'

@description('Spread instances over availability zones and keep the storage in three of them; the region must have zones.')
param zoneRedundant bool = false

@description('Start workers in the platform\'s placeholder process: faster cold starts, but .NET 10 is reported to crash there.')
param usePlaceholders bool = false

@description('How the platform may look at the length of the queue. namespaceOwner: Data Owner on the namespace, which is documented to work. namespaceReader: a custom role with Microsoft.ServiceBus/namespaces/*/read there, for the rest rights on queue and topic only. queueOnly: no such right; the app is not woken reliably and needs alwaysReadyQueue.')
@allowed(['namespaceOwner', 'namespaceReader', 'queueOnly'])
param scaleAccess string = 'namespaceOwner'

@description('Id (a GUID) of the custom role for namespaceReader.')
param scaleReaderRoleId string = ''

@description('Object id of whoever sets the secrets: gets Key Vault Secrets Officer on the vault. Empty: nobody gets it.')
param deployerId string = ''

@description('What that principal is.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param deployerType string = 'User'

@description('Service Bus tier. Standard carries about 1,000 operations a second, that is about 150 cancels.')
@allowed(['Standard', 'Premium'])
param serviceBusSku string = 'Standard'

@description('Who reaches what. public: everything answers to the internet, by role or key. backend: the app is in a virtual network, and storage, vault and a Premium namespace answer to that alone; a Standard one cannot. closed: the app itself does too.')
@allowed(['public', 'backend', 'closed'])
param network string = 'public'

@description('Address range of the virtual network.')
param networkAddressPrefix string = '10.100.0.0/24'

@description('Public address from which the secrets are set while the vault answers to the virtual network alone. Empty: they are set from inside.')
param deployerAddress string = ''

@description('Client id of an app registration whose tokens callers must show beside their key. Empty: the key is enough.')
param signInClientId string = ''

@description('What becomes of running instances when code or settings change. RollingUpdate lets them finish, but Microsoft calls it a preview and advises against it in production.')
@allowed(['Recreate', 'RollingUpdate'])
param updateStrategy string = 'Recreate'

@description('Keep vault, namespace and storage from being deleted. Whoever deploys then needs Locks Contributor or Owner.')
param locked bool = false

@description('Keep the logs that the platform itself writes about messaging, storage and the app.')
param platformLogs bool = true

@description('Messaging units, Premium only.')
@allowed([1, 2, 4, 8, 16])
param serviceBusPremiumUnits int = 1

@description('Queue of cancel requests.')
@minLength(1)
@maxLength(260)
param queueName string = 'cancel-requests'

@description('Topic of results.')
@minLength(1)
@maxLength(260)
param topicName string = 'cancel-results'

@description('How long the topic recognises a repeated event. The longest possible by default: one that is published twice within a week is seen once. Shorten it for very high rates.')
@allowed(['PT1H', 'P1D', 'P7D'])
param duplicateDetectionWindow string = 'P7D'

@description('Make the subscriptions all and failures. Leave it out when nobody reads them.')
param exampleSubscriptions bool = true

@description('Days during which a deleted vault can be recovered and its name is taken. Cannot be changed later.')
@minValue(7)
@maxValue(90)
param vaultRetentionInDays int = 90

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionInDays int = 30

@description('Gigabytes of logs a day at most; alerts on logs are blind when it is reached.')
@minValue(1)
@maxValue(100)
param logDailyQuotaGb int = 5

@description('Address that is told of alerts, or none: they show in the portal only. There is no default, so that nobody is left out by an oversight.')
@minLength(4)
param alertEmail string

@description('Requests of 1000 that are to end with a definite answer of the provider. Two alerts tell when failures spend what that leaves too fast.')
@minValue(900)
@maxValue(999)
param successObjective int = 995

@description('Seconds since Key Vault last confirmed the pair that signs, that are still quiet: three times KeyVault__RefreshInterval.')
@minValue(3600)
param credentialsAgeThreshold int = 5400

@description('Failed outcomes within 15 minutes that are still quiet.')
@minValue(0)
param failedOutcomesThreshold int = 5

@description('Answers 500 to 599 within 15 minutes that are still quiet.')
@minValue(0)
param serverErrorsThreshold int = 10

@description('Scheduled messages that are still quiet: more than the timeouts armed at the same time on a normal day.')
@minValue(1)
param scheduledMessagesThreshold int = 10000

@description('Messages waiting for 15 minutes that are still quiet.')
@minValue(1)
param waitingMessagesThreshold int = 100

@description('Tell when no request came for so long.')
@allowed(['Off', 'PT1H', 'PT6H', 'P1D'])
param noTrafficWindow string = 'Off'

@description('Settings of the app that differ from their defaults.')
param tuning tuningType = {}

// 13 characters, the same for the same resource group: names that are unique in the world and stay within every length
// rule.
var token = uniqueString(resourceGroup().id)
var names = {
  identity: 'id-onramp-cancel-${token}'
  workspace: 'log-onramp-cancel-${token}'
  insights: 'appi-onramp-cancel-${token}'
  storage: 'stcancel${token}'
  vault: 'kv-cancel-${token}'
  // A Standard namespace cannot become a Premium one: the other tier is another namespace beside it, see README.md.
  namespace: serviceBusSku == 'Premium' ? 'sb-onramp-cancel-p-${token}' : 'sb-onramp-cancel-${token}'
  plan: 'plan-onramp-cancel-${token}'
  app: 'func-onramp-cancel-${token}'
  network: 'vnet-onramp-cancel-${token}'
}
var inNetwork = network != 'public'

// Whatever two parameters must agree on.
var checkedScaleAccess = scaleAccess == 'queueOnly' && alwaysReadyQueue == 0
  ? fail('scaleAccess queueOnly needs alwaysReadyQueue of at least 1: without the right to read the length of the queue the app is not woken reliably')
  : scaleAccess == 'namespaceReader' && empty(scaleReaderRoleId)
      ? fail('scaleAccess namespaceReader needs scaleReaderRoleId, the id of a role with Microsoft.ServiceBus/namespaces/*/read')
      : scaleAccess
var checkedEmail = alertEmail == 'none'
  ? ''
  : contains(alertEmail, '@') ? alertEmail : fail('alertEmail must be an address, or none when nobody is to be told')

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
    sku: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
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
    duplicateDetectionWindow: duplicateDetectionWindow
    exampleSubscriptions: exampleSubscriptions
    closed: inNetwork && serviceBusSku == 'Premium'
  }
}

module virtualNetwork 'modules/network.bicep' = if (inNetwork) {
  params: {
    location: location
    tags: tags
    name: names.network
    addressPrefix: networkAddressPrefix
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
    networkId: virtualNetwork!.outputs.id
    subnetId: virtualNetwork!.outputs.endpointSubnetId
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
    networkId: virtualNetwork!.outputs.id
    subnetId: virtualNetwork!.outputs.endpointSubnetId
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
    networkId: virtualNetwork!.outputs.id
    subnetId: virtualNetwork!.outputs.endpointSubnetId
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
    networkId: virtualNetwork!.outputs.id
    subnetId: virtualNetwork!.outputs.endpointSubnetId
  }
}

module access 'modules/access.bicep' = {
  params: {
    // What-if cannot show the names of assignments: they depend on the principal, see access.bicep.
    #disable-next-line what-if-short-circuiting
    principalId: identity.outputs.principalId
    storageName: names.storage
    vaultName: names.vault
    insightsName: names.insights
    namespaceName: names.namespace
    queueName: queueName
    topicName: topicName
    scaleAccess: checkedScaleAccess
    scaleReaderRoleId: scaleReaderRoleId
    deployerId: deployerId
    deployerType: deployerType
  }
  dependsOn: [monitoring, storage, vault, messaging]
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
    zoneRedundant: zoneRedundant
    subnetId: inNetwork ? virtualNetwork!.outputs.appSubnetId : ''
    closed: network == 'closed'
    updateStrategy: updateStrategy
  }
  // The host looks for its storage, and the worker for the vault, as soon as the app exists.
  dependsOn: [access, storageEndpoint, vaultEndpoint, messagingEndpoint]
}

module settings 'modules/settings.bicep' = {
  params: {
    appName: names.app
    identityClientId: identity.outputs.clientId
    storageName: names.storage
    insightsConnectionString: monitoring.outputs.insightsConnectionString
    fullyQualifiedNamespace: messaging.outputs.fullyQualifiedNamespace
    queueName: queueName
    topicName: topicName
    vaultUri: vault.outputs.uri
    usePlaceholders: usePlaceholders
    callersSignIn: !empty(signInClientId)
    tuning: tuning
  }
  dependsOn: [app]
}

module signIn 'modules/sign-in.bicep' = if (!empty(signInClientId)) {
  params: {
    appName: names.app
    clientId: signInClientId
  }
  dependsOn: [settings]
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
    workspaceId: monitoring.outputs.workspaceId
    insightsId: monitoring.outputs.insightsId
    successObjective: successObjective
    credentialsAge: credentialsAgeThreshold
    email: checkedEmail
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

// Outputs have the names that azd gives them in its environment; deploy.sh gives them to the same scripts.
@description('Name of the function app, for deploying the code and listing its keys.')
output AZURE_FUNCTION_APP_NAME string = names.app

@description('Where callers cancel an order.')
output CANCEL_URL string = 'https://${app.outputs.hostName}/api/orders/cancel'

@description('Answers 200 when the secrets are loaded.')
output HEALTH_URL string = 'https://${app.outputs.hostName}/api/health'

@description('Vault that holds the secrets.')
output AZURE_KEY_VAULT_NAME string = names.vault

@description('Name of the secret that holds the API key.')
output API_KEY_SECRET_NAME string = tuning.?KeyVault__ApiKeySecretName ?? 'onramp-api-key'

@description('Name of the secret that holds the API secret.')
output API_SECRET_SECRET_NAME string = tuning.?KeyVault__ApiSecretSecretName ?? 'onramp-api-secret'

@description('Name of the secret that authenticates messages on the queue.')
output QUEUE_KEY_SECRET_NAME string = tuning.?KeyVault__QueueKeySecretName ?? 'queue-authentication-key'

@description('Namespace that order systems send to and read results from, with a role of their own.')
output SERVICE_BUS_NAMESPACE string = messaging.outputs.fullyQualifiedNamespace

@description('Queue of cancel requests.')
output CANCEL_REQUESTS_QUEUE string = queueName

@description('Topic of results.')
output CANCEL_RESULTS_TOPIC string = topicName

@description('Client id of the identity that the app acts as.')
output APP_CLIENT_ID string = identity.outputs.clientId
