metadata description = 'Entra sign-in in front of the app ("Easy Auth"): callers need a token of the app registration.'

@description('Name of the function app.')
param appName string

@description('Client id of the app registration whose tokens are accepted.')
param clientId string

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: appName
}

// Microsoft documents this for App Service and for Functions but does not say whether Flex Consumption supports it: try
// it in dev first. Callers still need a function key too. The roles of a caller are in X-MS-CLIENT-PRINCIPAL.
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
      // Monitors and the deployment call health without a token.
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
