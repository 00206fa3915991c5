metadata description = 'Asks the app for its health from outside, and alerts if it does not answer.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Address that returns 200 while the app works.')
param url string

@description('Application Insights component, which stores the results.')
param insightsId string

@description('Action groups to notify.')
param actions { actionGroupId: string }[]

// Every five minutes from each place. The response to a request that starts an instance takes longer than others.
resource test 'Microsoft.Insights/webtests@2022-06-15' = {
  name: 'cancel-health'
  location: location
  tags: union(tags, { 'hidden-link:${insightsId}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: 'cancel-health'
    Name: 'cancel-health'
    Kind: 'standard'
    Enabled: true
    Frequency: 300
    Timeout: 60
    RetryEnabled: true
    // Amsterdam, Dublin and Virginia.
    Locations: [
      { Id: 'emea-nl-ams-azr' }
      { Id: 'emea-gb-db3-azr' }
      { Id: 'us-va-ash-azr' }
    ]
    Request: {
      RequestUrl: url
      HttpVerb: 'GET'
      ParseDependentRequests: false
    }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
      SSLCertRemainingLifetimeCheck: 7
    }
  }
}

resource alert 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'cancel-unreachable'
  location: 'global'
  // Without these tags the portal does not show the alert next to its test.
  tags: union(tags, {
    'hidden-link:${insightsId}': 'Resource'
    'hidden-link:${test.id}': 'Resource'
  })
  properties: {
    description: 'The health address does not return 200 in two of three places: callers get no answer either.'
    severity: 0
    enabled: true
    autoMitigate: true
    scopes: [test.id, insightsId]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: test.id
      componentId: insightsId
      failedLocationCount: 2
    }
    actions: actions
  }
}
