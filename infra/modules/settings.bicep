metadata description = 'The settings of the function app. None is a secret.'

import { tuningType } from 'tuning.bicep'

@description('Name of the function app.')
param appName string

@description('Client id of the user-assigned identity.')
param identityClientId string

@description('Name of the storage account of the host.')
param storageName string

@description('Address of the tables in that account.')
param tableServiceUri string

@description('Connection string of Application Insights. It is not a secret: writing needs a role.')
param insightsConnectionString string

@description('Host name of the Service Bus namespace.')
param fullyQualifiedNamespace string

@description('Name of the queue of cancel requests.')
param queueName string

@description('Name of the topic of results.')
param topicName string

@description('Name of the subscription from which the app records results.')
param recordsSubscriptionName string

@description('Address of the key vault.')
param vaultUri string

@description('Let the platform start the worker in a placeholder process.')
param usePlaceholders bool

@description('Whether the platform signs callers in. Its headers then name the caller, and a caller cannot set them.')
param callersSignIn bool

@description('Names of the callers that sign their requests, or none.')
param signingCallers string[]

@description('Whether the instances share one limit of calls to the provider.')
param sharesLimit bool

@description('Host name and port of the Redis through which they share it.')
param sharedLimitAddress string

@description('Maximum number of instances that call the provider.')
@minValue(1)
param maximumInstances int

@description('Settings of an app on standby, or none.')
param standby object = {}

@description('Settings that differ from their defaults.')
param tuning tuningType

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: appName
}

// Platform and connections. A user-assigned identity needs all three: address, credential type and client id.
var platform = {
  AzureWebJobsStorage__accountName: storageName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsStorage__tableServiceUri: tableServiceUri
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  // .NET 10 workers on Flex Consumption are reported to crash (exit code 139) in the platform's placeholder process
  // (Azure/azure-functions-dotnet-worker #3335). The workaround is 0, with slower cold starts.
  WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED: usePlaceholders ? '1' : '0'
  AZURE_CLIENT_ID: identityClientId
  ServiceBus__fullyQualifiedNamespace: fullyQualifiedNamespace
  ServiceBus__credential: 'managedidentity'
  ServiceBus__clientId: identityClientId
}

// Names of entities. The scale controller resolves %CancelRequestsQueue%, %CancelResultsTopic% and
// %CancelRecordsSubscription% from the app settings under exactly these names. It does not support section separators:
// with a nested name it does not start the app (Azure/azure-functions-host #8261).
var entities = {
  CancelRequestsQueue: queueName
  CancelResultsTopic: topicName
  CancelRecordsSubscription: recordsSubscriptionName
}

// Values that differ from the defaults of the code, and nothing else. An older package then starts with the settings of
// a newer checkout, and a default has one place.
var others = union(
  {
    KeyVault__VaultUri: vaultUri
  },
  callersSignIn ? { Callers__TrustPrincipal: 'true' } : {},
  empty(signingCallers) ? {} : { Callers__Signatures: 'require' },
  toObject(range(0, length(signingCallers)), i => 'Callers__Names__${i}', i => signingCallers[i]),
  sharesLimit
    ? {
        Onramp__SharedLimit__Redis: sharedLimitAddress
        Onramp__MaxInstances: string(maximumInstances)
      }
    : {}
)

resource settings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: union(platform, entities, others, standby, tuning)
}
