using 'main.bicep'

// For real orders: no cold starts, no dependence on the scale controller, zones, and a person for alerts.
param tags = {
  application: 'onramp-cancellation'
  environment: 'prod'
}
// With zones the platform runs and bills two always-ready instances of each group, whatever the values below.
param zoneRedundant = true
param locked = true
param alwaysReadyHttp = 2
param alwaysReadyQueue = 1
param logRetentionInDays = 90
param logDailyQuotaGb = 10
// Every HTTP caller signs: add its name here. A limit stops one that repeats without end.
param signingCallers = ['storefront']
param tuning = {
  Callers__RequestsPerMinute: '600'
}
// Required: an email address or none.
param alertEmail = readEnvironmentVariable('ALERT_EMAIL')
param alertActionGroupId = readEnvironmentVariable('ALERT_ACTION_GROUP', '')
