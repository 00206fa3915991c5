metadata description = 'What the platform itself writes about messaging, storage and the app. The vault keeps its audit log in any case, see vault.bicep.'

@description('Workspace that keeps it.')
param workspaceId string

@description('Name of the Service Bus namespace.')
param namespaceName string

@description('Its tier: who did what with which message is written down by Premium alone.')
param sku string

@description('Name of the storage account.')
param storageName string

@description('Name of the function app.')
param appName string

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: namespaceName
}

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageName

  resource blobs 'blobServices' existing = {
    name: 'default'
  }
}

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: appName
}

resource ofMessaging 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'platform'
  scope: namespace
  properties: {
    workspaceId: workspaceId
    logs: [
      for category in sku == 'Premium' ? ['OperationalLogs', 'RuntimeAuditLogs'] : ['OperationalLogs']: {
        category: category
        enabled: true
      }
    ]
  }
}

// Not the reads: every instance asks for its keys and its package.
resource ofStorage 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'platform'
  scope: account::blobs
  properties: {
    workspaceId: workspaceId
    logs: [
      for category in ['StorageWrite', 'StorageDelete']: {
        category: category
        enabled: true
      }
    ]
  }
}

// What the host says also when it cannot reach Application Insights.
resource ofApp 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'platform'
  scope: app
  properties: {
    workspaceId: workspaceId
    logs: [
      for category in ['FunctionAppLogs', 'AppServiceAuthenticationLogs']: {
        category: category
        enabled: true
      }
    ]
  }
}
