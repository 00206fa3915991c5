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
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      // A package that was overwritten by mistake can be had back for a week.
      deleteRetentionPolicy: {
        enabled: true
        days: 7
      }
    }

    resource container 'containers' = {
      name: containerName
    }
  }
}

output packageUrl string = '${account.properties.primaryEndpoints.blob}${containerName}'
