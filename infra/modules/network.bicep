metadata description = 'A virtual network: a subnet for the app and one for private endpoints.'

@export()
@sealed()
@description('Existing subnets: one for the app, delegated to Microsoft.App/environments, and one for endpoints.')
type subnetsType = {
  app: string
  endpoints: string
}

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the network.')
param name string

@description('Address range, at least a /24. It is visible only inside the network unless the network is peered.')
param addressPrefix string

@description('Send the calls of the app from one fixed public address.')
param fixedAddress bool

resource address 'Microsoft.Network/publicIPAddresses@2024-05-01' = if (fixedAddress) {
  name: '${name}-out'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  properties: {
    publicIPAllocationMethod: 'Static'
  }
}

resource gateway 'Microsoft.Network/natGateways@2024-05-01' = if (fixedAddress) {
  name: '${name}-out'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  properties: {
    publicIpAddresses: [{ id: address.id }]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [addressPrefix]
    }
    subnets: [
      {
        // A Flex Consumption app needs its own subnet, delegated to Microsoft.App/environments instead of Microsoft.Web
        // (Azure-Samples/azure-functions-flex-consumption-samples). The name must not contain an underscore.
        name: 'app'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 0)
          natGateway: fixedAddress ? { id: gateway.id } : null
          delegations: [
            {
              name: 'app'
              properties: {
                serviceName: 'Microsoft.App/environments'
              }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 1)
          privateEndpointNetworkPolicies: 'Disabled'
        }
      }
    ]
  }

  resource app 'subnets' existing = {
    name: 'app'
  }

  resource endpoints 'subnets' existing = {
    name: 'endpoints'
  }
}

output id string = network.id
output appSubnetId string = network::app.id
output endpointSubnetId string = network::endpoints.id
