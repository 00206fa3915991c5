metadata description = 'Flex Consumption plan and the function app on it: Linux, .NET isolated worker.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the plan.')
param planName string

@description('Name of the app. The host distinguishes apps by their first 32 characters, so that is the limit.')
@maxLength(32)
param appName string

@description('Resource id of the user-assigned identity.')
param identityId string

@description('Address of the container with the deployed package.')
param packageUrl string

@description('Memory of an instance in MB. 512 MB come with a quarter of a core, 2048 with one, 4096 with two.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int

@description('Maximum on-demand instances of each scale group, the HTTP functions and each other one.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int

@description('Concurrent requests of an instance before the platform starts another one.')
@minValue(1)
@maxValue(1000)
param httpConcurrencyPerInstance int

@description('Always-ready instances for HTTP.')
@minValue(0)
@maxValue(100)
param alwaysReadyHttp int

@description('Always-ready instances for the queue.')
@minValue(0)
@maxValue(100)
param alwaysReadyQueue int

@description('Name of the function that reads the queue.')
param queueFunctionName string

@description('Always-ready instances for recording results.')
@minValue(0)
@maxValue(100)
param alwaysReadyRecords int

@description('Name of the function that records results.')
param recordsFunctionName string

@description('Spread instances over availability zones. The region must have zones.')
param zoneRedundant bool

@description('Subnet of the app, or empty.')
param subnetId string

@description('Reachable only from the virtual network.')
param closed bool

@description('Address ranges from which callers may reach the app, or none for all.')
param callerAddresses string[]

@description('How running instances are replaced when code or settings change.')
@allowed(['Recreate', 'RollingUpdate'])
param updateStrategy string

var alwaysReady = concat(
  alwaysReadyHttp > 0 ? [{ name: 'http', instanceCount: alwaysReadyHttp }] : [],
  alwaysReadyQueue > 0 ? [{ name: 'function:${queueFunctionName}', instanceCount: alwaysReadyQueue }] : [],
  alwaysReadyRecords > 0 ? [{ name: 'function:${recordsFunctionName}', instanceCount: alwaysReadyRecords }] : []
)

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    tier: 'FlexConsumption'
    name: 'FC1'
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: appName
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: closed ? 'Disabled' : 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      // Documented (learn.microsoft.com/azure/azure-functions/flex-consumption-site-updates) but missing in the types
      // of Bicep. The default is therefore left out.
      #disable-next-line BCP037
      siteUpdateStrategy: updateStrategy == 'Recreate' ? null : { type: updateStrategy }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReady
        triggers: {
          http: {
            perInstanceConcurrency: httpConcurrencyPerInstance
          }
        }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      // The deployment site is not restricted: it needs a role, and deployers have other addresses than callers.
      ipSecurityRestrictionsDefaultAction: empty(callerAddresses) ? 'Allow' : 'Deny'
      scmIpSecurityRestrictionsDefaultAction: 'Allow'
      ipSecurityRestrictions: [
        for (range, i) in concat(
          callerAddresses,
          // The availability test, which asks for the health.
          empty(callerAddresses) ? [] : ['ApplicationInsightsAvailability']
        ): {
          name: 'callers-${i}'
          priority: 100 + i
          action: 'Allow'
          tag: range == 'ApplicationInsightsAvailability' ? 'ServiceTag' : 'Default'
          ipAddress: range
        }
      ]
    }
  }

  // Deployment uses Entra ID only: no user name and password for FTP or the deployment site.
  resource noFtpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: {
      allow: false
    }
  }

  resource noScmPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: {
      allow: false
    }
  }
}

output id string = app.id
output hostName string = app.properties.defaultHostName
