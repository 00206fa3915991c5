metadata description = 'The identity of the function app, its host and its code.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the user-assigned identity.')
param name string

// User-assigned, not system-assigned: it exists before the app, so all roles are assigned when the app first starts. It
// also keeps its roles when the app is deleted and created again.
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

output id string = identity.id
output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
