metadata description = 'A virtual network: a subnet for the app and one for private endpoints.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the network.')
param name string

@description('Address range, at least a /24. It is visible only inside the network unless the network is peered.')
param addressPrefix string

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
