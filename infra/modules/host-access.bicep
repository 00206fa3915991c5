metadata description = 'The rights of an app on what its host uses: package, keys and logs, with their reasons.'

import { roleIds } from 'roles.bicep'

@description('Principal id of the app\'s identity.')
param principalId string

@description('Name of the storage account of the host.')
param storageName string

@description('Name of the Application Insights component.')
param insightsName string

@description('Let the host write its diagnostic events to tables of that account, unless the app has that right anyway.')
param diagnosticEvents bool

// See access.bicep for the names of the assignments.
resource storage 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

// The documented needs of the Functions host for coordination, its key store and the package: read and write blobs,
// create containers. Apart from that, the account contains only tables.
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

resource events 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (diagnosticEvents) {
  name: guid(storage.id, principalId, roleIds['Storage Table Data Contributor'])
  scope: storage
  properties: {
    description: 'Functions host: diagnostic events.'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roleIds['Storage Table Data Contributor']
    )
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

// Application Insights does not accept an instrumentation key alone.
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

output assignmentIds string[] = concat([hostStorage.id, publishTelemetry.id], diagnosticEvents ? [events.id] : [])
