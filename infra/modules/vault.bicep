metadata description = 'Key Vault for the two provider secrets. The values never pass through a template.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the vault: 3 to 24 letters, digits and hyphens.')
@minLength(3)
@maxLength(24)
param name string

@description('Days during which a deleted vault or secret can be recovered and its name is taken. Cannot be changed later.')
@minValue(7)
@maxValue(90)
param softDeleteRetentionInDays int

@description('Workspace that keeps the record of who read which secret.')
param workspaceId string

@description('Answer to the virtual network alone, and to this address.')
param closed bool

@description('Public address that may reach a closed vault, or empty.')
param allowedAddress string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: subscription().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: softDeleteRetentionInDays
    // Nobody, not even an owner, can destroy the secrets before the retention is over.
    enablePurgeProtection: true
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    // Open, it is reachable from the internet and readable by role only: an app without a virtual network has no fixed
    // address to allow.
    publicNetworkAccess: closed && empty(allowedAddress) ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: closed ? 'Deny' : 'Allow'
      ipRules: empty(allowedAddress) ? [] : [{ value: allowedAddress }]
    }
  }
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'audit'
        enabled: true
      }
    ]
  }
}

output id string = vault.id
output uri string = vault.properties.vaultUri
