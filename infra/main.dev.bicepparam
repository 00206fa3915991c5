using 'main.bicep'

// A few requests a day: everything scales to nothing, nothing is kept long.
param tags = {
  application: 'onramp-cancellation'
  environment: 'dev'
}
param vaultRetentionInDays = 7
param duplicateDetectionWindow = 'P1D'
param logDailyQuotaGb = 1
param alertEmail = readEnvironmentVariable('ALERT_EMAIL', '')
