metadata description = 'Everything the identity may do, and why.'

import { roleIds } from 'roles.bicep'

@description('Name of the user-assigned identity.')
param identityName string

@description('Name of the storage account of the host.')
param storageName string

@description('Name of the key vault.')
param vaultName string

@description('Name of the Application Insights component.')
param insightsName string

@description('Name of the Service Bus namespace.')
param namespaceName string

@description('Name of the queue of cancel requests.')
param queueName string

@description('Name of the topic of results.')
param topicName string

@description('Where the right to receive is given: on the queue, or on the namespace for a platform that does not wake the app otherwise.')
@allowed(['queue', 'namespace'])
param receiverScope string

// Assignments are named after the identity, not after its principal id: a name that is known before deployment lets what-if show
// every assignment.
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource storage 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: namespaceName

  resource queue 'queues' existing = {
    name: queueName
  }

  resource topic 'topics' existing = {
    name: topicName
  }
}

// The trigger receives, settles and renews locks; disarming a timeout peeks at the scheduled message first.
resource receiveFromQueue 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (receiverScope == 'queue') {
  name: guid(namespace::queue.id, identity.id, roleIds['Azure Service Bus Data Receiver'])
  scope: namespace::queue
  properties: {
    description: 'Receive, settle and peek cancel requests.'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Azure Service Bus Data Receiver']
    )
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// The same right, wider: the scale controller looks at the queue as this identity, and users report apps that are not woken when
// the role is on the entity alone (Azure/azure-functions-host #8261). Only receiving widens; Manage rights are never given.
resource receiveFromNamespace 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (receiverScope == 'namespace') {
  name: guid(namespace.id, identity.id, roleIds['Azure Service Bus Data Receiver'])
  scope: namespace
  properties: {
    description: 'Receive, settle and peek cancel requests; on the namespace so that the scale controller sees the queue.'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Azure Service Bus Data Receiver']
    )
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// Retries are scheduled copies; timeouts and respond-async requests come in by HTTP and go on the queue.
resource sendToQueue 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(namespace::queue.id, identity.id, roleIds['Azure Service Bus Data Sender'])
  scope: namespace::queue
  properties: {
    description: 'Schedule retries and timeouts, queue asynchronous requests.'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Azure Service Bus Data Sender']
    )
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// Every finished request is published. The app reads no results, so it gets no right to.
resource sendToTopic 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(namespace::topic.id, identity.id, roleIds['Azure Service Bus Data Sender'])
  scope: namespace::topic
  properties: {
    description: 'Publish the outcome of every finished request.'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Azure Service Bus Data Sender']
    )
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// On the vault, not on each secret: the secrets do not exist yet when this is deployed, since no template carries their values, and
// the vault holds nothing but these two.
resource readSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, identity.id, roleIds['Key Vault Secrets User'])
  scope: vault
  properties: {
    description: 'Read the API key and the API secret; not write or delete them.'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Key Vault Secrets User']
    )
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// What the Functions host is documented to need for coordination, its key store and the package: read and write blobs, make
// containers. The account holds nothing else.
resource hostStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, identity.id, roleIds['Storage Blob Data Owner'])
  scope: storage
  properties: {
    description: 'Functions host: package, locks and function keys.'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Storage Blob Data Owner']
    )
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// Application Insights accepts no instrumentation key alone.
resource publishTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, identity.id, roleIds['Monitoring Metrics Publisher'])
  scope: insights
  properties: {
    description: 'Send logs and metrics.'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Monitoring Metrics Publisher']
    )
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}
