metadata description = 'Alerts on changes of the rights in this resource group.'

@description('Tags of every resource.')
param tags object

@description('Action groups to notify.')
param actions { actionGroupId: string }[]

var changes = [
  {
    name: 'cancel-roles-changed'
    operations: ['Microsoft.Authorization/roleAssignments/write', 'Microsoft.Authorization/roleAssignments/delete']
    description: 'A role in the resource group was assigned or removed. Deployments do this too.'
  }
  {
    name: 'cancel-locks-changed'
    operations: ['Microsoft.Authorization/locks/write', 'Microsoft.Authorization/locks/delete']
    description: 'A delete lock was added or removed. Deployments do this too.'
  }
]

resource alerts 'Microsoft.Insights/activityLogAlerts@2020-10-01' = [
  for change in changes: {
    name: change.name
    location: 'global'
    tags: tags
    properties: {
      description: change.description
      enabled: true
      scopes: [resourceGroup().id]
      condition: {
        allOf: [
          {
            field: 'category'
            equals: 'Administrative'
          }
          {
            field: 'status'
            equals: 'Succeeded'
          }
          {
            anyOf: [
              for operation in change.operations: {
                field: 'operationName'
                equals: operation
              }
            ]
          }
        ]
      }
      actions: {
        actionGroups: actions
      }
    }
  }
]
