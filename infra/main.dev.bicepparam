using 'main.bicep'

// For a few requests a day: the app scales to zero, and data is not kept long.
param tags = {
  application: 'onramp-cancellation'
  environment: 'dev'
}
param vaultRetentionInDays = 7
param duplicateDetectionWindow = 'P1D'
param logDailyQuotaGb = 1
// Required: an email address or none.
param alertEmail = readEnvironmentVariable('ALERT_EMAIL')
// azd sets these variables. Without them no principal gets the right to set the secrets.
param deployerId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param deployerType = readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', 'User')
