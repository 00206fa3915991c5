metadata description = 'Azure Managed Redis, through which the instances share one limit of calls to the provider.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the Redis.')
@minLength(1)
@maxLength(60)
param name string

@description('Size and price, such as Balanced_B0.')
param sku string

@description('Principal id of the app\'s identity.')
param principalId string

@description('Reachable only from the virtual network.')
param closed bool

resource redis 'Microsoft.Cache/redisEnterprise@2025-07-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: sku
  }
  properties: {
    // One node: while it does not answer, each instance takes its share of the limit.
    highAvailability: 'Disabled'
    minimumTlsVersion: '1.2'
    publicNetworkAccess: closed ? 'Disabled' : 'Enabled'
  }

  resource database 'databases' = {
    name: 'default'
    properties: {
      // Entra ID only.
      accessKeysAuthentication: 'Disabled'
      clientProtocol: 'Encrypted'
      clusteringPolicy: 'EnterpriseCluster'
      evictionPolicy: 'NoEviction'
      port: 10000
    }

    // Redis has no roles: this is the right to read and write.
    resource access 'accessPolicyAssignments' = {
      name: guid(name, principalId)
      properties: {
        accessPolicyName: 'default'
        user: {
          objectId: principalId
        }
      }
    }
  }
}

output id string = redis.id
output address string = '${redis.properties.hostName}:${redis::database.properties.port}'
