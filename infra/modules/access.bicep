metadata description = 'The rights of an app on queue, topic, secrets and tables, with their reasons.'

import { roleIds } from 'roles.bicep'

@description('Principal id of the app\'s identity.')
param principalId string

@description('Name of the storage account with the tables.')
param storageName string

@description('Name of the key vault.')
param vaultName string

@description('Name of the Service Bus namespace.')
param namespaceName string

@description('Name of the queue of cancel requests.')
param queueName string

@description('Name of the topic of results.')
param topicName string

@description('Name of the subscription from which the app records results.')
param recordsSubscriptionName string

@description('How the platform reads the length of the queue, see main.bicep.')
@allowed(['namespaceOwner', 'namespaceReader', 'queueOnly'])
param scaleAccess string

@description('Custom role for namespaceReader.')
param scaleReaderRoleId string

// The names of assignments contain the principal id. An identity that is deleted and created again has another
// principal id under the same resource id, and the principal of an assignment cannot change:
// RoleAssignmentUpdateNotPermitted (Azure/bicep-registry-modules #4802).
resource storage 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: namespaceName

  resource queue 'queues' existing = {
    name: queueName
  }

  resource topic 'topics' existing = {
    name: topicName

    resource records 'subscriptions' existing = {
      name: recordsSubscriptionName
    }
  }
}

// The platform uses this identity to read the queue and decide on the number of instances. To read the number of
// waiting messages it needs Data Owner, or a role with Microsoft.ServiceBus/namespaces/*/read. With only the right to
// receive it peeks at up to ten messages from the first sequence number, so ten armed timeouts hide all later messages
// (MicrosoftDocs/azure-docs PR #128626). For one user Data Owner on the queue alone did not start the app
// (Azure/azure-functions-host #8261), so the scope is the namespace. The disadvantage: the app could read the results
// topic and change entities, although its code does neither.
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

// Only reads queue lengths. This is a custom role because no built-in role is that narrow.
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

// The trigger receives, settles and renews locks. Disarming a timeout peeks at the scheduled message first.
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

// Retries are scheduled copies. Timeouts and respond-async requests arrive by HTTP and continue on the queue.
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

// Every finished request is published. The app reads results from its own subscription only.
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

resource receiveRecords 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (narrow) {
  name: guid(namespace::topic::records.id, principalId, roleIds['Azure Service Bus Data Receiver'])
  scope: namespace::topic::records
  properties: {
    description: 'Receive results to record them.'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Azure Service Bus Data Receiver']
    )
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

// On the vault, not on each secret: the secrets do not exist yet at this point, because no template contains their
// values. The vault contains no other secrets.
resource readSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, roleIds['Key Vault Secrets User'])
  scope: vault
  properties: {
    description: 'Read the secrets, without the right to write or delete them.'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Key Vault Secrets User']
    )
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

// Timeouts and records. The Functions host also needs this role, to write its diagnostic events to a table of the same
// account.
resource tables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, principalId, roleIds['Storage Table Data Contributor'])
  scope: storage
  properties: {
    description: 'Read and write timeouts and records.'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Storage Table Data Contributor']
    )
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

// A deployment adds assignments and removes none. scripts/tighten.sh removes those of the identity that are not listed.
output assignmentIds string[] = concat(
  scaleAccess == 'namespaceOwner' ? [ownNamespace.id] : [],
  scaleAccess == 'namespaceReader' ? [readNamespace.id] : [],
  narrow ? [receiveFromQueue.id, sendToQueue.id, sendToTopic.id, receiveRecords.id] : [],
  [readSecrets.id, tables.id]
)
