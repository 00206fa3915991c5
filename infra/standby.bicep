metadata description = 'A second app in another region, idle until the region of the first one is lost. See README.md.'

import { namesOf } from 'modules/names.bicep'
import { tuningType } from 'modules/tuning.bicep'

@description('Azure region. The default is the region of the resource group. It must offer Flex Consumption.')
param location string = resourceGroup().location

@description('Tags of every resource.')
param tags object = {}

@description('Resource group of the first app, whose namespace, tables and vault this one uses.')
param primaryGroup string

@description('Last 13 characters of the names in that group, for example of its vault.')
@minLength(13)
@maxLength(13)
param primaryToken string

@description('Queue of cancel requests, as in the first deployment.')
param queueName string = 'cancel-requests'

@description('Topic of results, as in the first deployment.')
param topicName string = 'cancel-results'

@description('Subscription of the topic from which the app records results, as in the first deployment.')
param recordsSubscriptionName string = 'records'

@description('Names of the callers that sign their requests, as in the first deployment.')
param signingCallers string[] = []

@description('App settings that differ from their defaults, as in the first deployment.')
param tuning tuningType = {}

@description('Memory of an instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Maximum on-demand instances of each scale group.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Retention of logs in days.')
@minValue(30)
@maxValue(730)
param logRetentionInDays int = 30

@description('Maximum gigabytes of logs a day.')
@minValue(1)
@maxValue(100)
param logDailyQuotaGb int = 5

@description('Email address for alerts, or none. Required on purpose.')
@minLength(4)
param alertEmail string

@description('Id of an existing action group that receives alerts too. Empty: none.')
param alertActionGroupId string = ''

var names = namesOf(uniqueString(resourceGroup().id), true)
var primary = namesOf(primaryToken, true)

// They exist before the region is lost: while it is, nothing in its resource group can be deployed, not even a role.
resource namespace 'Microsoft.ServiceBus/namespaces@2026-01-01' existing = {
  scope: resourceGroup(primaryGroup)
  name: primary.namespace
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  scope: resourceGroup(primaryGroup)
  name: primary.vault
}

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

// Package and function keys. The tables are in the first account, which Azure fails over under the same address.
module storage 'modules/storage.bicep' = {
  params: {
    location: location
    tags: tags
    name: names.storage
    containerName: 'app-package'
    tableNames: []
    sku: 'Standard_LRS'
    closed: false
  }
}

module access 'modules/access.bicep' = {
  name: 'standby-access'
  scope: resourceGroup(primaryGroup)
  params: {
    // What-if cannot show the names of role assignments, because they depend on the principal. See access.bicep.
    #disable-next-line what-if-short-circuiting
    principalId: identity.outputs.principalId
    storageName: primary.storage
    vaultName: primary.vault
    namespaceName: primary.namespace
    queueName: queueName
    topicName: topicName
    recordsSubscriptionName: recordsSubscriptionName
    scaleAccess: 'namespaceOwner'
    scaleReaderRoleId: ''
  }
}

module hostAccess 'modules/host-access.bicep' = {
  params: {
    #disable-next-line what-if-short-circuiting
    principalId: identity.outputs.principalId
    storageName: names.storage
    insightsName: names.insights
    diagnosticEvents: true
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
    httpConcurrencyPerInstance: 50
    alwaysReadyHttp: 0
    alwaysReadyQueue: 0
    queueFunctionName: 'CancelOrderFromQueue'
    alwaysReadyRecords: 0
    recordsFunctionName: 'RecordOutcome'
    zoneRedundant: false
    subnetId: ''
    closed: false
    callerAddresses: []
    updateStrategy: 'Recreate'
  }
  dependsOn: [access, hostAccess]
}

module settings 'modules/settings.bicep' = {
  params: {
    appName: names.app
    identityClientId: identity.outputs.clientId
    storageName: names.storage
    tableServiceUri: storage.outputs.tableServiceUri
    insightsConnectionString: monitoring.outputs.insightsConnectionString
    fullyQualifiedNamespace: '${primary.namespace}.servicebus.windows.net'
    queueName: queueName
    topicName: topicName
    recordsSubscriptionName: recordsSubscriptionName
    vaultUri: 'https://${primary.vault}${environment().suffixes.keyvaultDns}/'
    usePlaceholders: false
    callersSignIn: false
    signingCallers: signingCallers
    sharesLimit: false
    sharedLimitAddress: ''
    maximumInstances: 2 * maximumInstanceCount
    standby: {
      Records__TableServiceUri: 'https://${primary.storage}.table.${environment().suffixes.storage}/'
      // Nothing starts the app but its own callers, until these three are deleted. The format is the platform's
      // (learn.microsoft.com/azure/azure-functions/disable-function).
      'AzureWebJobs.CancelOrderFromQueue.Disabled': 'true'
      'AzureWebJobs.RecordOutcome.Disabled': 'true'
      'AzureWebJobs.DeleteExpiredRecords.Disabled': 'true'
    }
    tuning: tuning
  }
  dependsOn: [app]
}

module alerts 'modules/alerts.bicep' = {
  params: {
    location: location
    tags: tags
    namespaceId: namespace.id
    queueName: queueName
    topicName: topicName
    recordsFunctionName: 'RecordOutcome'
    workspaceId: monitoring.outputs.workspaceId
    insightsId: monitoring.outputs.insightsId
    successObjective: 995
    credentialsAge: 5400
    appId: app.outputs.id
    appClientId: identity.outputs.clientId
    vaultId: vault.id
    secretExpiry: false
    availabilityTest: false
    healthUrl: 'https://${app.outputs.hostName}/api/health'
    email: alertEmail == 'none' ? '' : alertEmail
    actionGroupId: alertActionGroupId
    monthlyBudget: 0
    budgetStart: ''
    failedOutcomes: 5
    serverErrors: 10
    scheduledMessages: 10000
    waitingMessages: 100
    noTrafficWindow: 'Off'
  }
}

// The outputs that deploy.sh passes to its scripts, as in main.bicep. The secrets are those of the first vault.
@description('Name of the function app, to deploy the code and list the keys.')
output AZURE_FUNCTION_APP_NAME string = names.app

@description('Address to cancel an order.')
output CANCEL_URL string = 'https://${app.outputs.hostName}/api/orders/cancel'

@description('Address that returns 200 when the secrets are loaded.')
output HEALTH_URL string = 'https://${app.outputs.hostName}/api/health'

@description('The resource group.')
output AZURE_RESOURCE_GROUP string = resourceGroup().name

@description('Key vault of the secrets.')
output AZURE_KEY_VAULT_NAME string = primary.vault

@description('Resource id of that key vault.')
output AZURE_KEY_VAULT_ID string = vault.id

@description('Name of the secret with the API key.')
output API_KEY_SECRET_NAME string = tuning.?KeyVault__ApiKeySecretName ?? 'onramp-api-key'

@description('Name of the secret with the API secret.')
output API_SECRET_SECRET_NAME string = tuning.?KeyVault__ApiSecretSecretName ?? 'onramp-api-secret'

@description('Name of the secret that authenticates messages on the queue.')
output QUEUE_KEY_SECRET_NAME string = tuning.?KeyVault__QueueKeySecretName ?? 'queue-authentication-key'

@description('Names of the secrets with which callers sign, separated by spaces.')
output CALLER_SECRET_NAMES string = join(map(signingCallers, caller => 'webhook-${caller}'), ' ')

@description('Principal id of the identity of the app. The roles that are not in the next list are removed from it.')
output APP_PRINCIPAL_ID string = identity.outputs.principalId

@description('Ids of all role assignments of the app.')
output ROLE_ASSIGNMENTS string = join(concat(access.outputs.assignmentIds, hostAccess.outputs.assignmentIds), ' ')
