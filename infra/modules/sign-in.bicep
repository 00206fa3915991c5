metadata description = 'Entra sign-in in front of the app ("Easy Auth"): whoever calls shows a token of the app registration.'

@description('Name of the function app.')
param appName string

@description('Client id of the app registration whose tokens are taken.')
param clientId string

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: appName
}

// Microsoft documents it for App Service and for Functions, but neither names Flex Consumption among the plans that
// have it nor among those that do not: try it in dev first. The function keys stay: a caller needs both. Which roles a
// caller has stands in X-MS-CLIENT-PRINCIPAL.
resource signIn 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: {
      enabled: true
    }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'Return401'
      // Health is asked by monitors and by the deployment, without a token.
      excludedPaths: ['/api/health']
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: clientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: [clientId, 'api://${clientId}']
        }
      }
    }
    login: {
      tokenStore: {
        enabled: false
      }
    }
    httpSettings: {
      requireHttps: true
    }
  }
}
