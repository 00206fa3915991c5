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
// Required: an email address or none.
param alertEmail = readEnvironmentVariable('ALERT_EMAIL')
// azd sets these variables. Without them no principal gets the right to set the secrets.
param deployerId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param deployerType = readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', 'User')
