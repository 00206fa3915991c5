metadata description = 'An alert 30 days before a secret expires. The service does not use expired secrets.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Key vault of the secrets.')
param vaultId string

@description('Action groups to notify.')
param actionGroupIds string[]

resource events 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'cancel-vault-events'
  location: location
  tags: tags
  properties: {
    source: vaultId
    topicType: 'Microsoft.KeyVault.vaults'
  }

  // Azure Monitor is the subscriber, and each event is an alert. It accepts only this schema.
  resource expiry 'eventSubscriptions' = {
    name: 'cancel-secret-expiry'
    properties: {
      eventDeliverySchema: 'CloudEventSchemaV1_0'
      filter: {
        includedEventTypes: ['Microsoft.KeyVault.SecretNearExpiry', 'Microsoft.KeyVault.SecretExpired']
      }
      destination: {
        endpointType: 'MonitorAlert'
        properties: {
          severity: 'Sev1'
          description: 'A secret expires within 30 days or has expired. The service does not use expired secrets.'
          actionGroups: actionGroupIds
        }
      }
    }
  }
}
