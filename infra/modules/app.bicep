metadata description = 'Flex Consumption plan and the function app on it: Linux, .NET isolated worker.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the plan.')
param planName string

@description('Name of the app. The host tells apps apart by its first 32 characters, so it has no more.')
@maxLength(32)
param appName string

@description('Resource id of the user-assigned identity.')
param identityId string

@description('Address of the container that holds the deployed package.')
param packageUrl string

@description('Memory of an instance in MB. 512 MB come with a quarter of a core, 2048 with one, 4096 with two.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int

@description('On-demand instances of each scale group at most: the HTTP functions are one group, the queue function is another.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int

@description('Requests that one instance serves at the same time before another is started.')
@minValue(1)
@maxValue(1000)
param httpConcurrencyPerInstance int

@description('Instances that always wait for HTTP requests.')
@minValue(0)
@maxValue(100)
param alwaysReadyHttp int

@description('Instances that always wait for queue messages.')
@minValue(0)
@maxValue(100)
param alwaysReadyQueue int

@description('Name of the function that reads the queue.')
param queueFunctionName string

@description('Spread instances over availability zones; the region must have them.')
param zoneRedundant bool

@description('Subnet that the app is in, or empty.')
param subnetId string

@description('Answer to the virtual network alone.')
param closed bool

@description('What becomes of running instances when code or settings change.')
@allowed(['Recreate', 'RollingUpdate'])
param updateStrategy string

var alwaysReady = concat(
  alwaysReadyHttp > 0 ? [{ name: 'http', instanceCount: alwaysReadyHttp }] : [],
  alwaysReadyQueue > 0 ? [{ name: 'function:${queueFunctionName}', instanceCount: alwaysReadyQueue }] : []
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
  // By this tag azd knows where the service of azure.yaml goes.
  tags: union(tags, { 'azd-service-name': 'cancel' })
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
      // Documented (learn.microsoft.com/azure/azure-functions/flex-consumption-site-updates), but absent from the types
      // of Bicep; so nothing is said of the default.
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
    }
  }

  // Deployment goes by Entra ID only: no user name and password for FTP or the deployment site.
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
