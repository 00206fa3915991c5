metadata description = 'Key Vault for the secrets. No template contains their values.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the vault: 3 to 24 letters, digits and hyphens.')
@minLength(3)
@maxLength(24)
param name string

@description('Days in which a deleted vault or secret can be recovered. Cannot be changed later.')
@minValue(7)
@maxValue(90)
param softDeleteRetentionInDays int

@description('Workspace for the audit log of the secrets.')
param workspaceId string

@description('Reachable only from the virtual network and the deployer address.')
param closed bool

@description('Public IP address that may reach a closed vault, or empty.')
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
    // Not even an owner can purge the secrets before the retention ends.
    enablePurgeProtection: true
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    // An open vault is reachable from the internet but readable only with a role. An app without a virtual network has
    // no fixed address to allow.
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
