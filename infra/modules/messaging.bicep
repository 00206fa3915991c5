metadata description = 'Service Bus: the queue of cancel requests and the topic of their results.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the namespace: 6 to 50 letters, digits and hyphens.')
@minLength(6)
@maxLength(50)
param name string

@description('Standard is billed by operation; Premium by reserved unit. Basic has neither topics nor duplicate detection.')
@allowed(['Standard', 'Premium'])
param sku string

@description('Messaging units of a Premium namespace; without meaning for Standard.')
@allowed([1, 2, 4, 8, 16])
param premiumUnits int

@description('Name of the queue of cancel requests.')
param queueName string

@description('Name of the topic of results.')
param topicName string

@description('How long the topic remembers the ids of events, ISO 8601, 7 days at most. A topic cannot be given duplicate detection later.')
param duplicateDetectionWindow string

@description('Make the two example subscriptions.')
param exampleSubscriptions bool

@description('Answer to the virtual network alone. Premium only.')
param closed bool

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: sku
    tier: sku
    capacity: sku == 'Premium' ? premiumUnits : null
  }
  properties: {
    // No connection strings: senders, the app and operators come with a role.
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: closed ? 'Disabled' : 'Enabled'
  }

  resource queue 'queues' = {
    name: queueName
    properties: {
      // Three times the time that one cancel may take, so that a lock is lost only by a dead process; then the next try
      // comes soon.
      lockDuration: 'PT1M'
      // Retries are scheduled copies and do not count. This counts lost locks and results that could not be published.
      maxDeliveryCount: 20
      requiresDuplicateDetection: true
      // Long enough for a sender's repeats and for copies that a lost lock doubles; shorter than the retry schedule in
      // sum (34 min at the least), so that a dead letter can be put back, and a failed request repeated, under its own
      // id.
      duplicateDetectionHistoryTimeWindow: 'PT10M'
      deadLetteringOnMessageExpiration: true
      // Longer than the longest timeout that can be armed (30 days): an armed one must never expire.
      defaultMessageTimeToLive: 'P45D'
      maxSizeInMegabytes: 5120
    }
  }

  resource topic 'topics' = {
    name: topicName
    properties: {
      requiresDuplicateDetection: true
      duplicateDetectionHistoryTimeWindow: duplicateDetectionWindow
      defaultMessageTimeToLive: 'P14D'
      maxSizeInMegabytes: 5120
    }

    resource all 'subscriptions' = if (exampleSubscriptions) {
      name: 'all'
      properties: {
        lockDuration: 'PT1M'
        maxDeliveryCount: 10
        // Unread results expire and are gone. Kept in the dead-letter queue of a subscription that nobody reads, they
        // would fill the topic, and a full topic stops the service: no cancel is finished whose result cannot be
        // published.
        defaultMessageTimeToLive: 'P7D'
        deadLetteringOnMessageExpiration: false
      }
    }

    resource failures 'subscriptions' = if (exampleSubscriptions) {
      name: 'failures'
      properties: {
        lockDuration: 'PT1M'
        maxDeliveryCount: 10
        // Failures are few and want a person: they are kept.
        defaultMessageTimeToLive: 'P14D'
        deadLetteringOnMessageExpiration: true
      }

      // Named $Default so that it takes the place of the rule that lets everything through.
      resource onlyFailed 'rules' = {
        name: '$Default'
        properties: {
          filterType: 'CorrelationFilter'
          correlationFilter: {
            properties: {
              outcome: 'failed'
            }
          }
        }
      }
    }
  }
}

output id string = namespace.id
output fullyQualifiedNamespace string = split(split(namespace.properties.serviceBusEndpoint, '//')[1], ':')[0]
