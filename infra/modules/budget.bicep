metadata description = 'An email before the resource group costs more than expected.'

@description('US dollars a month.')
@minValue(0)
param monthly int

@description('Action groups to notify.')
param actionGroupIds string[]

@description('First day of the month in which the budget is created. It cannot be changed later.')
param start string

resource budget 'Microsoft.Consumption/budgets@2023-11-01' = {
  name: 'cancel-budget'
  properties: {
    category: 'Cost'
    amount: monthly
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: start
    }
    notifications: {
      soon: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: []
        contactGroups: actionGroupIds
      }
      spent: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Actual'
        contactEmails: []
        contactGroups: actionGroupIds
      }
    }
  }
}
