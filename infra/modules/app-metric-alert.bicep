metadata description = 'One alert on a metric of the app: its own, in Application Insights, or one of the platform.'

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

@description('Application Insights component that the app exports to, or the app.')
param scopeId string

@description('Namespace of the metric.')
param metricNamespace string

@description('Instrument of the app, or metric of the platform.')
param metricName string

@description('How the values of all instances are aggregated.')
@allowed(['Maximum', 'Total'])
param aggregation string

@description('Threshold: the alert fires above this value.')
param threshold int

@description('Time over which the values are aggregated.')
param window string

@description('Action groups to notify.')
param actions { actionGroupId: string }[]

resource alert 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    description: alertDescription
    severity: severity
    enabled: true
    autoMitigate: true
    scopes: [scopeId]
    evaluationFrequency: 'PT5M'
    windowSize: window
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: metricName
          metricNamespace: metricNamespace
          metricName: metricName
          timeAggregation: aggregation
          operator: 'GreaterThan'
          threshold: threshold
          // The metric is there only once an instance has exported it.
          skipMetricValidation: true
        }
      ]
    }
    actions: actions
  }
}
