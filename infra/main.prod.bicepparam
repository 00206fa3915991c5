using 'main.bicep'

// Orders of real people: no cold start, no dependence on being woken, zones, a person who is told.
param tags = {
  application: 'onramp-cancellation'
  environment: 'prod'
}
// With zones the platform keeps two always-ready instances of each group, whatever is said below, and bills them.
param zoneRedundant = true
param locked = true
param alwaysReadyHttp = 2
param alwaysReadyQueue = 1
param logRetentionInDays = 90
param logDailyQuotaGb = 10
// No default: an address, or none.
param alertEmail = readEnvironmentVariable('ALERT_EMAIL')
// By azd's names; without them nobody gets the right to set the secrets.
param deployerId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param deployerType = readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', 'User')
