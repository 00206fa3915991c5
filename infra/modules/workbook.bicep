metadata description = 'A dashboard that shows whether the service works and, if not, where it fails.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Workspace to query.')
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
