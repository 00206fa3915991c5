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

// Sampled rows stand for ItemCount rows each. A line that carries an exception is written as a trace too (Azure/azure-webjobs-sdk,
// ApplicationInsightsLoggerTests, Log_Exception_LogMessage). A query every five minutes costs three times one every fifteen.
var logAlerts = [
  {
    name: 'cancel-failed-outcomes'
    severity: 1
    query: 'AppTraces | where Message startswith "Cancel outcome failed" | summarize Value = sum(ItemCount)'
    threshold: failedOutcomes
    frequency: 'PT5M'
    description: 'Cancels failed for good. The word after failed/ says why: credentials, throttled or unavailable.'
  }
  {
    // Also the bare 500 that the platform answers for a worker that died or ran out of time.
    name: 'cancel-server-errors'
    severity: 2
    query: 'AppRequests | where toint(ResultCode) between (500 .. 599) | summarize Value = sum(ItemCount)'
    threshold: serverErrors
    frequency: 'PT5M'
    description: 'HTTP callers got 5xx.'
  }
  {
    // 143 is SIGTERM: an instance that is not needed any more (Azure/azure-functions-host #11942, #12007).
    name: 'cancel-worker-down'
    severity: 1
    query: 'union isfuzzy=true AppTraces, AppExceptions | extend Text = strcat(column_ifexists("Message", ""), column_ifexists("OuterMessage", "")) | where Text has "exited with code" or Text has "Failed to start language worker process" or Text has "Exceeded language worker restart retry count" | where Text !has "exited with code 143" | summarize Value = sum(ItemCount)'
    threshold: 2
    frequency: 'PT5M'
    description: 'The worker process does not start or dies. Look for the line that names the vault, the secret or the setting.'
  }
  {
    name: 'cancel-internal-errors'
    severity: 1
    query: 'AppTraces | where Message has "could not be handled and is given back" or Message startswith "A request failed by a fault in this service" | summarize Value = sum(ItemCount)'
    threshold: 0
    frequency: 'PT15M'
    description: 'A fault in this service: the exception beside the line says where.'
  }
  {
    name: 'cancel-unpublished'
    severity: 1
    query: 'AppTraces | where Message startswith "Outcome of request" and Message has "could not be published" | summarize Value = sum(ItemCount)'
    threshold: 3
    frequency: 'PT15M'
    description: 'The topic does not take outcome events: full, away, or the identity lacks its role. Requests wait.'
  }
  {
    name: 'cancel-queue-refused'
    severity: 1
    query: 'AppTraces | where Message has "could not be scheduled for another delivery" or Message startswith "The queue could not be used" | summarize Value = sum(ItemCount)'
    threshold: 3
    frequency: 'PT15M'
    description: 'The queue does not take retries, timeouts or asynchronous requests.'
  }
  {
    name: 'cancel-old-credentials'
    severity: 2
    query: 'AppTraces | where Message has "Still signing with the pair read before" or Message has "Onramp refuses the pair" | summarize Value = sum(ItemCount)'
    threshold: 0
    frequency: 'PT15M'
    description: 'The vault does not give the secrets, or only one of the two was changed. The line says which.'
  }
  {
    name: 'cancel-provider-down'
    severity: 2
    query: 'AppTraces | where Message startswith "Circuit opened" | summarize Value = sum(ItemCount)'
    threshold: 0
    frequency: 'PT15M'
    description: 'The provider fails for so many calls that it is not called for a while.'
  }
  {
    // The platform's own 429, before the app sees the request. host.json lets the line through.
    name: 'cancel-too-many-requests'
    severity: 2
    query: 'AppTraces | where Message startswith "Http request queue limit of" | summarize Value = sum(ItemCount)'
    threshold: 0
    frequency: 'PT15M'
    description: 'An instance held more than 400 requests and the platform answered 429. More instances, or fewer requests each.'
  }
  {
    name: 'cancel-timed-out'
    severity: 1
    query: 'AppTraces | where Message has "exceeded by function" | summarize Value = sum(ItemCount)'
    threshold: 0
    frequency: 'PT15M'
    description: 'A function ran longer than functionTimeout; the platform has killed its worker, and with it what else ran there.'
  }
]

var silence = noTrafficWindow == 'Off'
  ? []
  : [
      {
        name: 'cancel-no-traffic'
        severity: 2
        query: 'AppRequests | where OperationName !has "Health" | summarize Value = sum(ItemCount)'
        threshold: 1
        frequency: 'PT1H'
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
      operator: alert.name == 'cancel-no-traffic' ? 'LessThan' : 'GreaterThan'
      threshold: alert.threshold
      frequency: alert.frequency
      window: alert.name == 'cancel-no-traffic' ? noTrafficWindow : 'PT15M'
      actionGroupId: actionGroupId
    }
  }
]
