metadata description = 'The one identity that the function app, its host and its code act as.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the user-assigned identity.')
param name string

// User-assigned, not system-assigned: it exists before the app does, so every role is in place when the app starts for
// the first time, and it keeps its roles when the app is deleted and made again.
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

output id string = identity.id
output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
