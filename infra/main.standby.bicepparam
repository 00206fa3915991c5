using 'standby.bicep'

// The second region of prod, see "A region is lost" in README.md. Callers and tuning are those of main.prod.bicepparam.
param tags = {
  application: 'onramp-cancellation'
  environment: 'standby'
}
param primaryGroup = 'rg-onramp-cancel-prod'
// The last 13 characters of the names in that group, for example of its vault.
param primaryToken = readEnvironmentVariable('PRIMARY_TOKEN')
param signingCallers = ['storefront']
param tuning = {
  Callers__RequestsPerMinute: '600'
}
// Required: an email address or none.
param alertEmail = readEnvironmentVariable('ALERT_EMAIL')
param alertActionGroupId = readEnvironmentVariable('ALERT_ACTION_GROUP', '')
