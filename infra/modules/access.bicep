metadata description = 'Everything the identity may do, and why; and the one thing that whoever deploys may do.'

import { roleIds } from 'roles.bicep'

@description('Principal id of the app\'s identity.')
param principalId string

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

@description('How the platform may look at the queue, see main.bicep.')
@allowed(['namespaceOwner', 'namespaceReader', 'queueOnly'])
param scaleAccess string

@description('Custom role for namespaceReader.')
param scaleReaderRoleId string

@description('Principal that sets the secrets; empty: nobody.')
param deployerId string

@description('What that principal is.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param deployerType string

// Assignments are named after the principal id: an identity that was deleted and made anew has another one under the
// old resource id, and an assignment cannot be given another principal, RoleAssignmentUpdateNotPermitted
// (Azure/bicep-registry-modules #4802).
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

// The platform looks at the queue as this identity to decide how many instances there are to be. To read the number of
// waiting messages it needs Data Owner, or a role with Microsoft.ServiceBus/namespaces/*/read; with the right to
// receive alone it peeks at up to ten messages from the first sequence number, and ten armed timeouts hide everything
// behind them (MicrosoftDocs/azure-docs PR #128626). On the queue alone Data Owner did not wake the app for one user
// (Azure/azure-functions-host #8261), so it is given on the namespace. The price: the app could read the results topic
// and change entities, which its code does not.
resource ownNamespace 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (scaleAccess == 'namespaceOwner') {
  name: guid(namespace.id, principalId, roleIds['Azure Service Bus Data Owner'])
  scope: namespace
  properties: {
    description: 'Scale by the length of the queue; receive, settle, peek and send.'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Azure Service Bus Data Owner']
    )
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

// Reads the lengths and nothing else: a custom role, since no built-in one is that narrow.
resource readNamespace 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (scaleAccess == 'namespaceReader') {
  name: guid(namespace.id, principalId, scaleReaderRoleId)
  scope: namespace
  properties: {
    description: 'Scale by the length of the queue.'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', scaleReaderRoleId)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

var narrow = scaleAccess != 'namespaceOwner'

// The trigger receives, settles and renews locks; disarming a timeout peeks at the scheduled message first.
resource receiveFromQueue 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (narrow) {
  name: guid(namespace::queue.id, principalId, roleIds['Azure Service Bus Data Receiver'])
  scope: namespace::queue
  properties: {
    description: 'Receive, settle and peek cancel requests.'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Azure Service Bus Data Receiver']
    )
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

// Retries are scheduled copies; timeouts and respond-async requests come in by HTTP and go on the queue.
resource sendToQueue 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (narrow) {
  name: guid(namespace::queue.id, principalId, roleIds['Azure Service Bus Data Sender'])
  scope: namespace::queue
  properties: {
    description: 'Schedule retries and timeouts, queue asynchronous requests.'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Azure Service Bus Data Sender']
    )
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

// Every finished request is published. The app reads no results, so it gets no right to.
resource sendToTopic 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (narrow) {
  name: guid(namespace::topic.id, principalId, roleIds['Azure Service Bus Data Sender'])
  scope: namespace::topic
  properties: {
    description: 'Publish the outcome of every finished request.'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Azure Service Bus Data Sender']
    )
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

// On the vault, not on each secret: the secrets do not exist yet when this is deployed, since no template carries their
// values, and the vault holds nothing but these two.
resource readSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, roleIds['Key Vault Secrets User'])
  scope: vault
  properties: {
    description: 'Read the API key and the API secret; not write or delete them.'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Key Vault Secrets User']
    )
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

// The secrets are set between the template and the code, by whoever deploys; an owner of the subscription has no right
// to them by that alone.
resource setSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerId)) {
  name: guid(vault.id, deployerId, roleIds['Key Vault Secrets Officer'])
  scope: vault
  properties: {
    description: 'Set the API key and the API secret.'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Key Vault Secrets Officer']
    )
    principalId: deployerId
    principalType: deployerType
  }
}

// What the Functions host is documented to need for coordination, its key store and the package: read and write blobs,
// make containers. The account holds nothing else.
resource hostStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, principalId, roleIds['Storage Blob Data Owner'])
  scope: storage
  properties: {
    description: 'Functions host: package, locks and function keys.'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Storage Blob Data Owner']
    )
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

// Application Insights accepts no instrumentation key alone.
resource publishTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, principalId, roleIds['Monitoring Metrics Publisher'])
  scope: insights
  properties: {
    description: 'Send logs and metrics.'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Monitoring Metrics Publisher']
    )
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}
