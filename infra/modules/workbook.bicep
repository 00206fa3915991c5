metadata description = 'One screen that answers: is it working, and if not, where.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Workspace to ask.')
param workspaceId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'onramp-cancellation')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Onramp cancellation'
    category: 'workbook'
    sourceId: workspaceId
    version: 'Notebook/1.0'
    serializedData: replace(loadTextContent('workbook.json'), '{workspaceId}', workspaceId)
  }
}
