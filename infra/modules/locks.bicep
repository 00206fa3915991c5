metadata description = 'Protects resources that cannot be recreated from accidental deletion.'

@description('Name of the key vault.')
param vaultName string

@description('Name of the Service Bus namespace.')
param namespaceName string

@description('Name of the storage account.')
param storageName string

// On the resources, not on the group: a lock on the group would also prevent Azure from removing old deployments, and a
// group has a limit of 800.
resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: namespaceName
}

resource storage 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageName
}

resource keepVault 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep'
  scope: vault
  properties: {
    level: 'CanNotDelete'
    notes: 'Holds the secrets of the provider.'
  }
}

resource keepNamespace 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep'
  scope: namespace
  properties: {
    level: 'CanNotDelete'
    notes: 'Holds armed timeouts, waiting requests and unread results.'
  }
}

resource keepStorage 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep'
  scope: storage
  properties: {
    level: 'CanNotDelete'
    notes: 'Holds the function keys of the callers.'
  }
}
