metadata description = 'All settings of the function app. None is a secret.'

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

// The defaults of the code, listed so that operators can see and change them in one place.
var defaults = {
  KeyVault__VaultUri: vaultUri
  KeyVault__ApiKeySecretName: 'onramp-api-key'
  KeyVault__ApiSecretSecretName: 'onramp-api-secret'
  KeyVault__QueueKeySecretName: 'queue-authentication-key'
  // A worker has 30 s to start, which cannot be changed (Azure/azure-functions-host #10482). Secrets are read within
  // 20 s, so that a failed start ends with a message of ours instead of a time-out.
  KeyVault__StartupBudget: '00:00:20'
  KeyVault__RefreshInterval: '00:30:00'
  KeyVault__ReloadCooldown: '00:00:05'
  Onramp__BaseUrl: 'https://api.onramp.money'
  Onramp__CallTimeout: '00:00:06'
  Onramp__TotalBudget: '00:00:20'
  Onramp__MaxRetries: '2'
  Onramp__RetryBaseDelay: '00:00:00.500'
  Onramp__MaxConcurrentCalls: '100'
  Onramp__MaxQueuedCalls: '1000'
  Onramp__CircuitFailureRatio: '0.5'
  Onramp__CircuitMinimumCalls: '20'
  Onramp__CircuitSamplingWindow: '00:00:30'
  Onramp__CircuitBreakDuration: '00:00:15'
  Queue__RetryDelays__0: '00:00:05'
  Queue__RetryDelays__1: '00:00:30'
  Queue__RetryDelays__2: '00:02:00'
  Queue__RetryDelays__3: '00:10:00'
  Queue__RetryDelays__4: '00:30:00'
  Queue__GiveUpAfter: '1.00:00:00'
  Queue__RetryJitter: '0.2'
  Queue__OperationTimeout: '00:00:05'
  Queue__MaxHandlingTime: '00:01:30'
  Timeouts__MinDelay: '00:00:01'
  Timeouts__MaxDelay: '30.00:00:00'
  Timeouts__Grace: '00:00:30'
  Timeouts__Spread: '00:00:10'
  Records__KeepFor: '90.00:00:00'
  Records__OperationTimeout: '00:00:02'
  Outcomes__Source: '/onramp-cancellation'
  Outcomes__PublishTimeout: '00:00:05'
  Callers__Signatures: 'off'
  Callers__RefreshInterval: '00:01:00'
  Callers__TrustPrincipal: callersSignIn ? 'true' : 'false'
  Callers__RequestsPerMinute: '0'
}

resource settings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: union(platform, entities, defaults, tuning)
}
