metadata description = 'Service Bus: the queue of cancel requests and the topic of their results.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the namespace: 6 to 50 letters, digits and hyphens.')
@minLength(6)
@maxLength(50)
param name string

@description('Standard is billed by operation, Premium by unit. Basic has no topics or duplicate detection.')
@allowed(['Standard', 'Premium'])
param sku string

@description('Messaging units of a Premium namespace. Ignored for Standard.')
@allowed([1, 2, 4, 8, 16])
param premiumUnits int

@description('Name of the queue of cancel requests.')
param queueName string

@description('Name of the topic of results.')
param topicName string

// Duplicate detection cannot be added to an existing topic.
@description('Duplicate detection window of the topic, ISO 8601, at most 7 days.')
param duplicateDetectionWindow string

@description('Name of the subscription from which the app records results.')
param recordsSubscriptionName string

@description('Create the two example subscriptions.')
param exampleSubscriptions bool

@description('Reachable only from the virtual network. Premium only.')
param closed bool

@description('Second region to which everything is replicated, Premium only, or empty.')
param replicaLocation string

resource namespace 'Microsoft.ServiceBus/namespaces@2026-01-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: sku
    tier: sku
    capacity: sku == 'Premium' ? premiumUnits : null
  }
  properties: {
    // No connection strings: senders, the app and operators use roles.
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: closed ? 'Disabled' : 'Enabled'
    // Asynchronous: with 0 each operation would wait for the other region. When more than this is not replicated, the
    // namespace throttles.
    geoDataReplication: empty(replicaLocation)
      ? null
      : {
          maxReplicationLagDurationInSeconds: 300
          locations: [
            {
              locationName: location
              roleType: 'Primary'
            }
            {
              locationName: replicaLocation
              roleType: 'Secondary'
            }
          ]
        }
  }

  resource queue 'queues' = {
    name: queueName
    properties: {
      // Three times the maximum duration of a cancel, so that only a crashed process loses a lock. The next delivery
      // then follows soon.
      lockDuration: 'PT1M'
      // Counts lost locks and results that could not be published. Retries are scheduled copies and do not count.
      maxDeliveryCount: 20
      requiresDuplicateDetection: true
      // Long enough for repeated sends and for copies that a lost lock duplicates. Shorter than the whole retry
      // schedule (Queue__GiveUpAfter, a day), so that a dead letter can be resubmitted, and a failed request repeated,
      // under its own id.
      duplicateDetectionHistoryTimeWindow: 'PT10M'
      deadLetteringOnMessageExpiration: true
      // Longer than the longest timeout (30 days) and all retries after it (Queue__GiveUpAfter, at most 14 days): an
      // armed timeout must never expire.
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

    // The app records every result from this subscription. Results that it cannot record for two weeks are deleted:
    // dead letters never expire and would fill the topic.
    resource records 'subscriptions' = {
      name: recordsSubscriptionName
      properties: {
        lockDuration: 'PT1M'
        // The maximum. While the tables do not answer, the recorder holds each delivery for 90 s: two days of outage.
        maxDeliveryCount: 2000
        defaultMessageTimeToLive: 'P14D'
        deadLetteringOnMessageExpiration: false
        deadLetteringOnFilterEvaluationExceptions: false
      }
    }

    resource all 'subscriptions' = if (exampleSubscriptions) {
      name: 'all'
      properties: {
        lockDuration: 'PT1M'
        maxDeliveryCount: 10
        // Unread results expire and are deleted. In the dead-letter queue of a subscription without a reader they would
        // fill the topic, and a full topic stops the service: a cancel is not finished until its result is published.
        defaultMessageTimeToLive: 'P7D'
        deadLetteringOnMessageExpiration: false
      }
    }

    resource failures 'subscriptions' = if (exampleSubscriptions) {
      name: 'failures'
      properties: {
        lockDuration: 'PT1M'
        maxDeliveryCount: 10
        // Failures are few and need a person, so they are kept.
        defaultMessageTimeToLive: 'P14D'
        deadLetteringOnMessageExpiration: true
      }

      // The name $Default replaces the rule that matches all messages.
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
