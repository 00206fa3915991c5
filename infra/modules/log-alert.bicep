metadata description = 'One alert on a number that a log query returns.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the alert.')
param name string

@description('What it means and what to do.')
param alertDescription string

@description('0 critical, 1 error, 2 warning, 3 information.')
@minValue(0)
@maxValue(4)
param severity int

@description('Workspace to ask.')
param workspaceId string

@description('Query with one row and the column Value.')
param query string

@description('How the value is compared.')
@allowed(['GreaterThan', 'LessThan'])
param operator string

@description('The value it is compared with.')
param threshold int

@description('How often the query runs.')
param frequency string

@description('Time that the query looks back.')
param window string

@description('Action group to call, or empty.')
param actionGroupId string

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
    // The tables of a new workspace appear with the first rows; until then the query would be refused.
    skipQueryValidation: true
    actions: {
      actionGroups: empty(actionGroupId) ? [] : [actionGroupId]
    }
  }
}
