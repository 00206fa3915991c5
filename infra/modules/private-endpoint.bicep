metadata description = 'A private endpoint for one resource, and the DNS zone of its name.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the endpoint.')
param name string

@description('Id of the resource.')
param targetId string

@description('Subresource: vault, blob, table, namespace, redisEnterprise or sites.')
param group string

@description('Name of the private DNS zone for the subresource, as listed by Microsoft.')
param zoneName string

@description('Virtual network that resolves the name, and subnet of the address.')
param network { networkId: string, subnetId: string }

@description('Private DNS zones: create, policy, or the id of their resource group, see main.bicep.')
param dnsZones string

var createsZone = dnsZones == 'create'

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = if (createsZone) {
  name: zoneName
  location: 'global'
  tags: tags

  resource link 'virtualNetworkLinks' = {
    name: name
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: {
        id: network.networkId
      }
    }
  }
}

resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: {
      id: network.subnetId
    }
    privateLinkServiceConnections: [
      {
        name: name
        properties: {
          privateLinkServiceId: targetId
          groupIds: [group]
        }
      }
    ]
  }

  resource records 'privateDnsZoneGroups' = if (dnsZones != 'policy') {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: name
          properties: {
            privateDnsZoneId: createsZone
              ? zone.id
              : '${dnsZones}/providers/Microsoft.Network/privateDnsZones/${zoneName}'
          }
        }
      ]
    }
  }
}
