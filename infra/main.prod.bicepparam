using 'main.bicep'

// Orders of real people: no cold start, no dependence on being woken, zones, a person who is told.
param tags = {
  application: 'onramp-cancellation'
  environment: 'prod'
}
param zoneRedundant = true
param alwaysReadyHttp = 2
param alwaysReadyQueue = 1
param logRetentionInDays = 90
param logDailyQuotaGb = 10
param alertEmail = readEnvironmentVariable('ALERT_EMAIL', '')
