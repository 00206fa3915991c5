metadata description = 'Platform logs of messaging, storage and the app. The audit log of the vault is in vault.bicep.'

@description('Workspace for the logs.')
param workspaceId string

@description('Name of the Service Bus namespace.')
param namespaceName string

@description('Tier of the namespace. Only Premium logs who did what with which message.')
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

// Without reads, because every instance reads its keys and its package.
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

// The logs of the host, which also arrive when it cannot reach Application Insights.
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
