using 'main.bicep'

// A few requests a day: everything scales to nothing, nothing is kept long.
param tags = {
  application: 'onramp-cancellation'
  environment: 'dev'
}
param vaultRetentionInDays = 7
param duplicateDetectionWindow = 'P1D'
param logDailyQuotaGb = 1
// No default: an address, or none.
param alertEmail = readEnvironmentVariable('ALERT_EMAIL')
// By azd's names; without them nobody gets the right to set the secrets.
param deployerId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param deployerType = readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', 'User')
