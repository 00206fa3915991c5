metadata description = 'One alert on a metric of a Service Bus entity.'

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

@description('Service Bus namespace to watch.')
param namespaceId string

@description('Metric of the namespace.')
param metricName string

@description('Queues and topics to watch.')
param entities string[]

@description('How the values of the window are aggregated.')
@allowed(['Average', 'Total'])
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
    scopes: [namespaceId]
    evaluationFrequency: 'PT5M'
    windowSize: window
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: metricName
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: metricName
          timeAggregation: aggregation
          operator: 'GreaterThan'
          threshold: threshold
          dimensions: [
            {
              name: 'EntityName'
              operator: 'Include'
              values: entities
            }
          ]
        }
      ]
    }
    actions: actions
  }
}
