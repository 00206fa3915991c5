metadata description = 'One alert on a number that a log query returns.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the alert.')
param name string

@description('Meaning of the alert, and what to do.')
param alertDescription string

@description('0 critical, 1 error, 2 warning, 3 information.')
@minValue(0)
@maxValue(4)
param severity int

@description('Workspace to query.')
param workspaceId string

@description('Query that returns one row with the column Value.')
param query string

@description('How the value is compared.')
@allowed(['GreaterThan', 'LessThan'])
param operator string

@description('Threshold of the comparison.')
param threshold int

@description('How often the query runs.')
param frequency string

@description('Time range of the query.')
param window string

@description('Action groups to notify.')
param actionGroupIds string[]

resource alert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: name
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: name
    description: alertDescription
    severity: severity
    enabled: true
    autoMitigate: true
    scopes: [workspaceId]
    evaluationFrequency: frequency
    windowSize: window
    criteria: {
      allOf: [
        {
          query: query
          metricMeasureColumn: 'Value'
          timeAggregation: 'Total'
          operator: operator
          threshold: threshold
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    // The tables of a new workspace appear with their first rows. Until then validation would reject the query.
    skipQueryValidation: true
    actions: {
      actionGroups: actionGroupIds
    }
  }
}
