metadata description = 'What wakes a person.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Service Bus namespace.')
param namespaceId string

@description('Name of the queue of cancel requests.')
param queueName string

@description('Name of the topic of results.')
param topicName string

@description('Log Analytics workspace.')
param workspaceId string

@description('Who is told; empty: alerts show in the portal only.')
param email string

@description('Failed outcomes within 15 minutes that are still quiet.')
@minValue(0)
param failedOutcomes int

@description('Answers 500 to 599 within 15 minutes that are still quiet.')
@minValue(0)
param serverErrors int

@description('Scheduled messages (armed timeouts and retries) that are still quiet.')
@minValue(1)
param scheduledMessages int

@description('Waiting messages, 15 minutes on average, that are still quiet.')
@minValue(1)
param waitingMessages int

@description('Tell when no request came for so long; Off: silence is normal.')
@allowed(['Off', 'PT1H', 'PT6H', 'P1D'])
param noTrafficWindow string

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: 'onramp-cancellation'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'onramp'
    enabled: true
    emailReceivers: [
      {
        name: 'operators'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

var actionGroupId = empty(email) ? '' : people.id

var metricAlerts = [
  {
    name: 'cancel-dead-letters'
    severity: 1
    metric: 'DeadletteredMessages'
    entities: [queueName, topicName]
    threshold: 0
    window: 'PT5M'
    description: 'A cancel request or a result was given up. Reason and description are on the dead-lettered message.'
  }
  {
    // Also what an app that is not woken, or that does not start, looks like from outside.
    name: 'cancel-queue-waiting'
    severity: 1
    metric: 'ActiveMessages'
    entities: [queueName]
    threshold: waitingMessages
    window: 'PT15M'
    description: 'Cancel requests wait. Is the app running? If it is never woken: scaleAccess namespaceOwner, or alwaysReadyQueue 1.'
  }
  {
    name: 'cancel-scheduled-messages'
    severity: 2
    metric: 'ScheduledMessages'
    entities: [queueName]
    threshold: scheduledMessages
    window: 'PT15M'
    description: 'Armed timeouts or retries pile up: the provider may be failing, or timeouts are armed and never disarmed.'
  }
  {
    name: 'cancel-results-filling'
    severity: 1
    metric: 'Size'
    entities: [topicName]
    threshold: 4294967296
    window: 'PT15M'
    description: 'The results topic holds 4 of its 5 GB. A subscription is not read; a full topic stops cancels from being finished.'
  }
]

module onMetric 'metric-alert.bicep' = [
  for alert in metricAlerts: {
    name: alert.name
    params: {
      tags: tags
      name: alert.name
      alertDescription: alert.description
      severity: alert.severity
      namespaceId: namespaceId
      metricName: alert.metric
      entities: alert.entities
      threshold: alert.threshold
      window: alert.window
      actionGroupId: actionGroupId
    }
  }
]

// Sampled rows stand for ItemCount rows each.
var logAlerts = [
  {
    name: 'cancel-failed-outcomes'
    severity: 1
    query: 'AppTraces | where Message startswith "Cancel outcome failed" | summarize Value = sum(ItemCount)'
    operator: 'GreaterThan'
    threshold: failedOutcomes
    frequency: 'PT5M'
    window: 'PT15M'
    description: 'Cancels failed for good. The word after failed/ says why: credentials, throttled or unavailable.'
  }
  {
    name: 'cancel-server-errors'
    severity: 2
    query: 'AppRequests | where toint(ResultCode) between (500 .. 599) | summarize Value = sum(ItemCount)'
    operator: 'GreaterThan'
    threshold: serverErrors
    frequency: 'PT5M'
    window: 'PT15M'
    description: 'HTTP callers got 5xx.'
  }
  {
    name: 'cancel-worker-down'
    severity: 1
    query: 'union isfuzzy=true AppTraces, AppExceptions | extend Text = strcat(column_ifexists("Message", ""), column_ifexists("OuterMessage", "")) | where Text has_any ("exited with code", "Failed to start language worker process", "Exceeded language worker restart retry count") | summarize Value = sum(ItemCount)'
    operator: 'GreaterThan'
    threshold: 2
    frequency: 'PT5M'
    window: 'PT15M'
    description: 'The worker process does not start or dies. Look for the line that names the vault, the secret or the setting.'
  }
]

var silence = noTrafficWindow == 'Off'
  ? []
  : [
      {
        name: 'cancel-no-traffic'
        severity: 2
        query: 'AppRequests | where OperationName !has "Health" | summarize Value = sum(ItemCount)'
        operator: 'LessThan'
        threshold: 1
        frequency: 'PT1H'
        window: noTrafficWindow
        description: 'No cancel request came in.'
      }
    ]

module onLog 'log-alert.bicep' = [
  for alert in concat(logAlerts, silence): {
    name: alert.name
    params: {
      location: location
      tags: tags
      name: alert.name
      alertDescription: alert.description
      severity: alert.severity
      workspaceId: workspaceId
      query: alert.query
      operator: alert.operator
      threshold: alert.threshold
      frequency: alert.frequency
      window: alert.window
      actionGroupId: actionGroupId
    }
  }
]
