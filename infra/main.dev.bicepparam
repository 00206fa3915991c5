using 'main.bicep'

// For a few requests a day: the app scales to zero, and data is not kept long.
param tags = {
  application: 'onramp-cancellation'
  environment: 'dev'
}
param vaultRetentionInDays = 7
// It would keep an instance running.
param availabilityTest = false
param logDailyQuotaGb = 1
// Required: an email address or none.
param alertEmail = readEnvironmentVariable('ALERT_EMAIL')
param alertActionGroupId = readEnvironmentVariable('ALERT_ACTION_GROUP', '')
