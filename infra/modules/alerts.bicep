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

@description('Application Insights component.')
param insightsId string

@description('Requests of 1000 that are to end with a definite answer of the provider, as alerts on the burn rate count.')
@minValue(900)
@maxValue(999)
param successObjective int

@description('Seconds since the vault last confirmed the pair that signs, that are still quiet.')
@minValue(3600)
param credentialsAge int

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
    aggregation: 'Average'
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
    aggregation: 'Average'
    entities: [queueName]
    threshold: waitingMessages
    window: 'PT15M'
    description: 'Cancel requests wait. Is the app running? If it is never woken: scaleAccess namespaceOwner, or alwaysReadyQueue 1.'
  }
  {
    name: 'cancel-scheduled-messages'
    severity: 2
    metric: 'ScheduledMessages'
    aggregation: 'Average'
    entities: [queueName]
    threshold: scheduledMessages
    window: 'PT15M'
    description: 'Armed timeouts or retries pile up: the provider may be failing, or timeouts are armed and never disarmed.'
  }
  {
    name: 'cancel-results-filling'
    severity: 1
    metric: 'Size'
    aggregation: 'Average'
    entities: [topicName]
    threshold: 4294967296
    window: 'PT15M'
    description: 'The results topic holds 4 of its 5 GB. A subscription is not read; a full topic stops cancels from being finished.'
  }
  {
    name: 'cancel-service-bus-throttled'
    severity: 2
    metric: 'ThrottledRequests'
    aggregation: 'Total'
    entities: [queueName, topicName]
    threshold: 0
    window: 'PT5M'
    description: 'Service Bus lets us wait: more than a Standard namespace gives. Fewer requests at once, or a Premium namespace.'
  }
  {
    name: 'cancel-service-bus-errors'
    severity: 2
    metric: 'ServerErrors'
    aggregation: 'Total'
    entities: [queueName, topicName]
    threshold: 5
    window: 'PT15M'
    description: 'Service Bus fails. Requests wait and are tried again; look at the health of the service in this region.'
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
      aggregation: alert.aggregation
      entities: alert.entities
      threshold: alert.threshold
      window: alert.window
      actionGroupId: actionGroupId
    }
  }
]

// By the names of the app's own instruments; each instance exports them every minute, and no daily cap of the logs
// stops them.
var appMetricAlerts = [
  {
    name: 'cancel-provider-down'
    severity: 2
    metric: 'onramp.circuit.state'
    aggregation: 'Maximum'
    threshold: 1
    window: 'PT5M'
    description: 'The circuit is open: the provider fails for so many calls that it is not called for a while.'
  }
  {
    name: 'cancel-unpublished'
    severity: 1
    metric: 'onramp.outcome.publish.failures'
    aggregation: 'Total'
    threshold: 3
    window: 'PT15M'
    description: 'The topic does not take outcome events: full, away, or the identity lacks its role. Requests wait.'
  }
  {
    name: 'cancel-credentials-age'
    severity: 2
    metric: 'onramp.credentials.age'
    aggregation: 'Maximum'
    threshold: credentialsAge
    window: 'PT15M'
    description: 'For long Key Vault has not confirmed the pair that signs. The last good pair is in use; a new instance would not start.'
  }
]

module onAppMetric 'app-metric-alert.bicep' = [
  for alert in appMetricAlerts: {
    name: alert.name
    params: {
      tags: tags
      name: alert.name
      alertDescription: alert.description
      severity: alert.severity
      insightsId: insightsId
      metricName: alert.metric
      aggregation: alert.aggregation
      threshold: alert.threshold
      window: alert.window
      actionGroupId: actionGroupId
    }
  }
]

// What of the budget that the objective leaves is spent, by a long window and, so that it ends with its cause, a short
// one: at 14.4 times the pace that would just be enough a month's budget is gone in two days, at 6 times in five.
var outcomes = 'AppMetrics | where Name == "onramp.cancel.outcomes" | extend Outcome = tostring(Properties.outcome)'
var budget = '${1000 - successObjective} / 1000'

// A line that the worker logs with an exception is no trace but an exception, which has the line's words only before
// they were filled in.
var lines = 'union isfuzzy=true AppTraces, AppExceptions | extend Text = strcat(column_ifexists("Message", ""), tostring(Properties.OriginalFormat))'

// Sampled rows stand for ItemCount rows each. A query every five minutes costs three times one every fifteen.
var logAlerts = [
  {
    name: 'cancel-burning-fast'
    severity: 1
    query: '${outcomes} | summarize Long = sumif(Sum, Outcome == "failed") / sum(Sum), Short = sumif(Sum, Outcome == "failed" and TimeGenerated > ago(5m)) / sumif(Sum, TimeGenerated > ago(5m)) | where Long > 14.4 * ${budget} and Short > 14.4 * ${budget} | summarize Value = count()'
    threshold: 0
    frequency: 'PT5M'
    window: 'PT1H'
    description: 'So many cancels fail that the budget of a month is gone in two days. The workbook says where.'
  }
  {
    name: 'cancel-burning-slowly'
    severity: 2
    query: '${outcomes} | summarize Long = sumif(Sum, Outcome == "failed") / sum(Sum), Short = sumif(Sum, Outcome == "failed" and TimeGenerated > ago(30m)) / sumif(Sum, TimeGenerated > ago(30m)) | where Long > 6 * ${budget} and Short > 6 * ${budget} | summarize Value = count()'
    threshold: 0
    frequency: 'PT15M'
    window: 'PT6H'
    description: 'So many cancels fail that the budget of a month is gone in five days. The workbook says where.'
  }
  {
    // The function is not subject to the cap that it tells of.
    name: 'cancel-log-cap'
    severity: 2
    query: '_LogOperation | where Detail has "OverQuota" | summarize Value = count()'
    threshold: 0
    frequency: 'PT15M'
    window: 'PT15M'
    description: 'The daily cap is reached: until tomorrow no log comes in, and alerts that read logs are blind. Raise logDailyQuotaGb.'
  }
  {
    name: 'cancel-failed-outcomes'
    severity: 1
    query: 'AppTraces | where Message startswith "Cancel outcome failed" | summarize Value = sum(ItemCount)'
    threshold: failedOutcomes
    frequency: 'PT5M'
    window: 'PT15M'
    description: 'Cancels failed for good. The word after failed/ says why: credentials, throttled or unavailable.'
  }
  {
    // Also the bare 500 that the platform answers for a worker that died or ran out of time.
    name: 'cancel-server-errors'
    severity: 2
    query: 'AppRequests | where toint(ResultCode) between (500 .. 599) | summarize Value = sum(ItemCount)'
    threshold: serverErrors
    frequency: 'PT5M'
    window: 'PT15M'
    description: 'HTTP callers got 5xx.'
  }
  {
    // 143 is SIGTERM: an instance that is not needed any more (Azure/azure-functions-host #11942, #12007).
    name: 'cancel-worker-down'
    severity: 1
    query: 'union isfuzzy=true AppTraces, AppExceptions | extend Text = strcat(column_ifexists("Message", ""), column_ifexists("OuterMessage", "")) | where Text has "exited with code" or Text has "Failed to start language worker process" or Text has "Exceeded language worker restart retry count" | where Text !has "exited with code 143" | summarize Value = sum(ItemCount)'
    threshold: 2
    frequency: 'PT5M'
    window: 'PT15M'
    description: 'The worker process does not start or dies. Look for the line that names the vault, the secret or the setting.'
  }
  {
    name: 'cancel-internal-errors'
    severity: 1
    query: '${lines} | where Text has "could not be handled and is abandoned" or Text startswith "A request failed because of an error in this service" | summarize Value = sum(ItemCount)'
    threshold: 0
    frequency: 'PT15M'
    window: 'PT15M'
    description: 'A fault in this service: the exception beside the line says where.'
  }
  {
    name: 'cancel-queue-refused'
    severity: 1
    query: '${lines} | where Text has "could not be scheduled for another delivery" or Text startswith "A queue operation failed" | summarize Value = sum(ItemCount)'
    threshold: 3
    frequency: 'PT15M'
    window: 'PT15M'
    description: 'The queue does not take retries, timeouts or asynchronous requests.'
  }
  {
    name: 'cancel-old-credentials'
    severity: 2
    query: 'AppTraces | where Message has "Still signing with the previous pair" or Message has "Onramp refuses the pair" | summarize Value = sum(ItemCount)'
    threshold: 0
    frequency: 'PT15M'
    window: 'PT15M'
    description: 'The vault does not give the secrets, or only one of the two was changed. The line says which.'
  }
  {
    // The platform's own 429, before the app sees the request. host.json lets the line through.
    name: 'cancel-too-many-requests'
    severity: 2
    query: 'AppTraces | where Message startswith "Http request queue limit of" | summarize Value = sum(ItemCount)'
    threshold: 0
    frequency: 'PT15M'
    window: 'PT15M'
    description: 'An instance held more than 400 requests and the platform answered 429. More instances, or fewer requests each.'
  }
  {
    name: 'cancel-timed-out'
    severity: 1
    query: 'AppTraces | where Message has "exceeded by function" | summarize Value = sum(ItemCount)'
    threshold: 0
    frequency: 'PT15M'
    window: 'PT15M'
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
      operator: alert.name == 'cancel-no-traffic' ? 'LessThan' : 'GreaterThan'
      threshold: alert.threshold
      frequency: alert.frequency
      window: alert.window
      actionGroupId: actionGroupId
    }
  }
]
