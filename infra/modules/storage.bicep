metadata description = 'Storage of the Functions host: the deployed package, locks and function keys. No data of the service itself.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the storage account: 3 to 24 lower-case letters and digits.')
@minLength(3)
@maxLength(24)
param name string

@description('Name of the container that holds the deployed package.')
param containerName string

@description('Copies: LRS three in one place, ZRS three in as many zones.')
@allowed(['Standard_LRS', 'Standard_ZRS'])
param sku string

@description('Answer to the virtual network alone.')
param closed bool

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: sku
  }
  properties: {
    accessTier: 'Hot'
    // There are no keys to leak: whoever reaches the package or the function keys does so by a role.
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: closed ? 'Disabled' : 'Enabled'
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      // A package or function keys that were overwritten or deleted by mistake can be had back for a week, and so can
      // their containers.
      deleteRetentionPolicy: {
        enabled: true
        days: 7
      }
      containerDeleteRetentionPolicy: {
        enabled: true
        days: 7
      }
    }

    resource container 'containers' = {
      name: containerName
    }
  }
}

output id string = account.id
output packageUrl string = '${account.properties.primaryEndpoints.blob}${containerName}'
