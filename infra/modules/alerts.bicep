metadata description = 'All alerts for the person on duty.'

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

@description('Name of the function that records results.')
param recordsFunctionName string

@description('Log Analytics workspace.')
param workspaceId string

@description('Application Insights component.')
param insightsId string

@description('Objective of the burn-rate alerts: requests of 1000 that get a definite answer.')
@minValue(900)
@maxValue(999)
param successObjective int

@description('Threshold: seconds since the vault last confirmed the credentials.')
@minValue(3600)
param credentialsAge int

@description('The function app.')
param appId string

@description('Client id of the identity of the app.')
param appClientId string

@description('Key vault of the secrets.')
param vaultId string

@description('Alert before a secret expires. A vault can have that once.')
param secretExpiry bool

@description('Ask for the health from outside.')
param availabilityTest bool

@description('Address of the health of the app.')
param healthUrl string

@description('Email address for alerts, or empty.')
param email string

@description('Existing action group to notify too, or empty. Without both, alerts show in the portal only.')
param actionGroupId string

@description('US dollars a month, above which an alert is sent. 0: none.')
@minValue(0)
param monthlyBudget int

@description('First day of the month in which the budget is created.')
param budgetStart string

@description('Threshold: failed outcomes within 15 minutes.')
@minValue(0)
param failedOutcomes int

@description('Threshold: responses with status 500 to 599 within 15 minutes.')
@minValue(0)
param serverErrors int

@description('Threshold: scheduled messages (armed timeouts and retries).')
@minValue(1)
param scheduledMessages int

@description('Threshold: waiting messages, 15 minutes on average.')
@minValue(1)
param waitingMessages int

@description('Alert when no request arrives for this time. Off: silence is normal.')
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

var actionGroupIds = concat(empty(email) ? [] : [people.id], empty(actionGroupId) ? [] : [actionGroupId])
var actions = concat(
  empty(email) ? [] : [{ actionGroupId: people.id }],
  empty(actionGroupId) ? [] : [{ actionGroupId: actionGroupId }]
)

var metricAlerts = [
  {
    name: 'cancel-dead-letters'
    severity: 1
    metric: 'DeadletteredMessages'
    aggregation: 'Average'
    entities: [queueName, topicName]
    threshold: 0
    window: 'PT5M'
    description: 'A cancel request or a result was dead-lettered. The message has the reason and a description.'
  }
  {
    // An app that is not started by the platform, or that fails to start, also causes this.
    name: 'cancel-queue-waiting'
    severity: 1
    metric: 'ActiveMessages'
    aggregation: 'Average'
    entities: [queueName]
    threshold: waitingMessages
    window: 'PT15M'
    description: 'Cancel requests wait. If the app never starts, set scaleAccess namespaceOwner or alwaysReadyQueue 1.'
  }
  {
    name: 'cancel-scheduled-messages'
    severity: 2
    metric: 'ScheduledMessages'
    aggregation: 'Average'
    entities: [queueName]
    threshold: scheduledMessages
    window: 'PT15M'
    description: 'Timeouts or retries accumulate: the provider fails, or timeouts are never disarmed.'
  }
  {
    name: 'cancel-results-filling'
    severity: 1
    metric: 'Size'
    aggregation: 'Average'
    entities: [topicName]
    threshold: 4294967296
    window: 'PT15M'
    description: 'The results topic has 4 of its 5 GB. A subscription has no reader. A full topic blocks all cancels.'
  }
  {
    name: 'cancel-service-bus-throttled'
    severity: 2
    metric: 'ThrottledRequests'
    aggregation: 'Total'
    entities: [queueName, topicName]
    threshold: 0
    window: 'PT5M'
    description: 'Service Bus throttles. Use fewer requests at the same time, or a Premium namespace.'
  }
  {
    name: 'cancel-service-bus-errors'
    severity: 2
    metric: 'ServerErrors'
    aggregation: 'Total'
    entities: [queueName, topicName]
    threshold: 5
    window: 'PT15M'
    description: 'Service Bus fails. Requests wait and are retried. Check the service health in this region.'
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
      actions: actions
    }
  }
]

// These use the names of the app's own instruments. Each instance exports them every minute, and the daily cap of the
// logs does not apply to them. The last one is a metric of the platform, and also counts what the app never sees.
var ownMetrics = 'azure.applicationinsights'
var platformMetrics = 'Microsoft.Web/sites'
var appMetricAlerts = [
  {
    name: 'cancel-provider-down'
    severity: 2
    namespace: ownMetrics
    metric: 'onramp.circuit.state'
    aggregation: 'Maximum'
    threshold: 1
    window: 'PT5M'
    description: 'The circuit is open: so many calls to the provider fail that calls are suspended.'
  }
  {
    name: 'cancel-unpublished'
    severity: 1
    namespace: ownMetrics
    metric: 'onramp.outcome.publish.failures'
    aggregation: 'Total'
    threshold: 3
    window: 'PT15M'
    description: 'Outcome events cannot be published: the topic is full or unreachable, or a role is missing.'
  }
  {
    name: 'cancel-credentials-age'
    severity: 2
    namespace: ownMetrics
    metric: 'onramp.credentials.age'
    aggregation: 'Maximum'
    threshold: credentialsAge
    window: 'PT15M'
    description: 'Key Vault has not confirmed the credentials for long. New instances cannot start.'
  }
  {
    name: 'cancel-platform-errors'
    severity: 1
    namespace: platformMetrics
    metric: 'Http5xx'
    aggregation: 'Total'
    threshold: serverErrors
    window: 'PT15M'
    description: 'HTTP callers received 5xx, also from the platform when no instance of the app responds.'
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
      scopeId: alert.namespace == ownMetrics ? insightsId : appId
      metricNamespace: alert.namespace
      metricName: alert.metric
      aggregation: alert.aggregation
      threshold: alert.threshold
      window: alert.window
      actions: actions
    }
  }
]

// The burn rate of the error budget, over a long window and a short one, so that the alert ends with its cause. At 14.4
// times the sustainable rate the budget of a month is spent in two days, at 6 times in five days. Below a hundred
// requests a single failure would be such a rate: cancel-failed-outcomes counts failures.
var outcomes = 'AppMetrics | where Name == "onramp.cancel.outcomes" | extend Outcome = tostring(Properties.outcome)'
var budget = '${1000 - successObjective} / 1000'

// A line that the worker logs with an exception becomes an exception instead of a trace, and contains the message
// template instead of the formatted message.
var lines = 'union isfuzzy=true AppTraces, AppExceptions | extend Text = strcat(column_ifexists("Message", ""), tostring(Properties.OriginalFormat))'

// A sampled row counts as ItemCount rows. A query every five minutes costs three times as much as one every fifteen.
var logAlerts = [
  {
    name: 'cancel-burning-fast'
    severity: 1
    query: '${outcomes} | summarize Requests = sum(Sum), Long = sumif(Sum, Outcome == "failed") / sum(Sum), Short = sumif(Sum, Outcome == "failed" and TimeGenerated > ago(5m)) / sumif(Sum, TimeGenerated > ago(5m)) | where Requests > 100 and Long > 14.4 * ${budget} and Short > 14.4 * ${budget} | summarize Value = count()'
    threshold: 0
    frequency: 'PT5M'
    window: 'PT1H'
    description: 'So many cancels fail that the error budget of a month lasts two days. See the workbook.'
  }
  {
    name: 'cancel-burning-slowly'
    severity: 2
    query: '${outcomes} | summarize Requests = sum(Sum), Long = sumif(Sum, Outcome == "failed") / sum(Sum), Short = sumif(Sum, Outcome == "failed" and TimeGenerated > ago(30m)) / sumif(Sum, TimeGenerated > ago(30m)) | where Requests > 100 and Long > 6 * ${budget} and Short > 6 * ${budget} | summarize Value = count()'
    threshold: 0
    frequency: 'PT15M'
    window: 'PT6H'
    description: 'So many cancels fail that the error budget of a month lasts five days. See the workbook.'
  }
  {
    // The cap does not apply to the function that reports it.
    name: 'cancel-log-cap'
    severity: 2
    query: '_LogOperation | where Detail has "OverQuota" | summarize Value = count()'
    threshold: 0
    frequency: 'PT15M'
    window: 'PT15M'
    description: 'The daily cap is reached: log alerts cannot fire until tomorrow. Raise logDailyQuotaGb.'
  }
  {
    name: 'cancel-failed-outcomes'
    severity: 1
    query: 'AppTraces | where Message startswith "Cancel outcome failed" | summarize Value = sum(ItemCount)'
    threshold: failedOutcomes
    frequency: 'PT5M'
    window: 'PT15M'
    description: 'Cancels failed finally. The reason follows failed/: credentials, throttled or unavailable.'
  }
  {
    // Includes the 500 without a body that the platform returns for a worker that crashed or timed out.
    name: 'cancel-server-errors'
    severity: 2
    query: 'AppRequests | where toint(ResultCode) between (500 .. 599) | summarize Value = sum(ItemCount)'
    threshold: serverErrors
    frequency: 'PT5M'
    window: 'PT15M'
    description: 'HTTP callers received responses with status 5xx.'
  }
  {
    // 143 is SIGTERM: the instance is no longer needed (Azure/azure-functions-host #11942, #12007).
    name: 'cancel-worker-down'
    severity: 1
    query: 'union isfuzzy=true AppTraces, AppExceptions | extend Text = strcat(column_ifexists("Message", ""), column_ifexists("OuterMessage", "")) | where Text has "exited with code" or Text has "Failed to start language worker process" or Text has "Exceeded language worker restart retry count" | where Text !has "exited with code 143" | summarize Value = sum(ItemCount)'
    threshold: 2
    frequency: 'PT5M'
    window: 'PT15M'
    description: 'The worker does not start or crashes. Find the line that names the vault, the secret or the setting.'
  }
  {
    name: 'cancel-internal-errors'
    severity: 1
    query: '${lines} | where Text has "could not be handled and is abandoned" or Text startswith "A request failed because of an error in this service" | summarize Value = sum(ItemCount)'
    threshold: 0
    frequency: 'PT15M'
    window: 'PT15M'
    description: 'A bug in this service. The exception of the log line shows where.'
  }
  {
    name: 'cancel-queue-refused'
    severity: 1
    query: '${lines} | where Text has "could not be scheduled for another delivery" or Text startswith "A queue operation failed" | summarize Value = sum(ItemCount)'
    threshold: 3
    frequency: 'PT15M'
    window: 'PT15M'
    description: 'Retries, timeouts or asynchronous requests cannot be sent to the queue.'
  }
  {
    // Azure Monitor has no metric of a single subscription (MicrosoftDocs/azure-docs #94566), and the other subscriptions
    // of the topic may have no reader. So this compares the outcomes with the recordings.
    name: 'cancel-not-recorded'
    severity: 2
    query: 'union isfuzzy=true AppTraces, AppRequests | summarize Outcomes = sumif(ItemCount, Message startswith "Cancel outcome" and TimeGenerated < ago(15m)), Recordings = sumif(ItemCount, OperationName has "${recordsFunctionName}" and Success == true) | where Outcomes > 0 and Recordings == 0 | summarize Value = count()'
    threshold: 0
    frequency: 'PT15M'
    window: 'PT1H'
    description: 'No result was recorded for an hour: the tables do not answer, or the recorder is not started.'
  }
  {
    // The last delay of the schedule is at least 24 minutes. So these requests have failed for 10 minutes and more.
    name: 'cancel-waiting-long'
    severity: 2
    query: 'AppTraces | where Message has "is scheduled again in" and todouble(Properties.Seconds) > 1200 | summarize Value = sum(ItemCount)'
    threshold: 0
    frequency: 'PT15M'
    window: 'PT15M'
    description: 'Requests have failed several times and wait for their next try. The log line has the reason.'
  }
  {
    name: 'cancel-old-credentials'
    severity: 2
    query: 'AppTraces | where Message has "Still signing with the previous pair" or Message has "Onramp refuses the pair" | summarize Value = sum(ItemCount)'
    threshold: 0
    frequency: 'PT15M'
    window: 'PT15M'
    description: 'The vault does not return the secrets, or only one of the two changed. The log line says which.'
  }
  {
    name: 'cancel-limit-not-shared'
    severity: 2
    query: 'AppTraces | where Message startswith "The shared limit of calls to Onramp does not answer" | summarize Value = sum(ItemCount)'
    threshold: 0
    frequency: 'PT15M'
    window: 'PT15M'
    description: 'Redis does not answer. Each instance makes at most its share of the calls.'
  }
  {
    // The platform's own 429, sent before the app sees the request. host.json does not filter this line.
    name: 'cancel-too-many-requests'
    severity: 2
    query: 'AppTraces | where Message startswith "Http request queue limit of" | summarize Value = sum(ItemCount)'
    threshold: 0
    frequency: 'PT15M'
    window: 'PT15M'
    description: 'An instance had more than 400 requests, so the platform returned 429. Allow more instances.'
  }
  {
    // The first line belongs to the category Function.<name>, which the host does not export if the worker exports
    // (OpenTelemetryConfigurationExtensions). The host itself logs the second one, and the exception is the third.
    name: 'cancel-timed-out'
    severity: 1
    query: 'union isfuzzy=true AppTraces, AppExceptions | extend Text = strcat(column_ifexists("Message", ""), " ", column_ifexists("OuterMessage", ""), " ", column_ifexists("ExceptionType", ""), " ", tostring(Properties.OriginalFormat)) | where Text has "exceeded by function" or Text has "A function timeout has occurred" or Text has "FunctionTimeoutException" | summarize Value = sum(ItemCount)'
    threshold: 0
    frequency: 'PT15M'
    window: 'PT15M'
    description: 'A function exceeded functionTimeout. The platform killed its worker with all its requests.'
  }
]

// The app reads the secrets all the time, so its own reads are not counted.
var secretReads = {
  name: 'cancel-secrets-read'
  severity: 1
  query: 'AzureDiagnostics | where ResourceProvider == "MICROSOFT.KEYVAULT" and OperationName == "SecretGet" | extend Reader = strcat(column_ifexists("identity_claim_appid_g", "")) | where Reader != "${appClientId}" | summarize Value = count()'
  threshold: 0
  frequency: 'PT15M'
  window: 'PT15M'
  description: 'A principal other than the app read a secret. The audit log of the vault names it.'
}

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
        description: 'No cancel request arrived.'
      }
    ]

module onLog 'log-alert.bicep' = [
  for alert in concat(logAlerts, [secretReads], silence): {
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
      actionGroupIds: actionGroupIds
    }
  }
]

module outside 'availability.bicep' = if (availabilityTest) {
  params: {
    location: location
    tags: tags
    url: healthUrl
    insightsId: insightsId
    actions: actions
  }
}

module expiry 'secret-expiry.bicep' = if (secretExpiry) {
  params: {
    location: location
    tags: tags
    vaultId: vaultId
    actionGroupIds: actionGroupIds
  }
}

module changes 'change-alerts.bicep' = {
  params: {
    tags: tags
    actions: actions
  }
}

module budgetAlert 'budget.bicep' = if (monthlyBudget > 0) {
  params: {
    monthly: monthlyBudget
    start: budgetStart
    actionGroupIds: actionGroupIds
  }
}
