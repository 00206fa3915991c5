metadata description = 'A private address for one resource, and the zone in which its name is found.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the endpoint.')
param name string

@description('The resource.')
param targetId string

@description('Which of its doors: vault, blob, namespace, sites.')
param group string

@description('Name of the private DNS zone for that door, as Microsoft lists them.')
param zoneName string

@description('The virtual network whose members find the name.')
param networkId string

@description('Subnet that the address is in.')
param subnetId string

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
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
        id: networkId
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
      id: subnetId
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

  resource records 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: name
          properties: {
            privateDnsZoneId: zone.id
          }
        }
      ]
    }
  }
}
