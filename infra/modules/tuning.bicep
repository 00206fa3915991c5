metadata description = 'Settings that operators may change. Other names are rejected before the deployment.'

@export()
@sealed()
@description('App settings by name. Times are hh:mm:ss, with fractions or leading days where needed.')
type tuningType = {
  @description('Names of the secrets: API key, API secret and the key that authenticates queue messages.')
  KeyVault__ApiKeySecretName: string?
  KeyVault__ApiSecretSecretName: string?
  KeyVault__QueueKeySecretName: string?

  @description('Time limit for reading the secrets at start, below the 30 s in which a worker must start.')
  KeyVault__StartupBudget: string?

  @description('Interval between reads of the secrets.')
  KeyVault__RefreshInterval: string?

  @description('Minimum time between two reads after refused signatures.')
  KeyVault__ReloadCooldown: string?

  @description('Address of the provider, without a path.')
  Onramp__BaseUrl: string?

  @description('Time limits for one call and for the whole response to an HTTP caller. The queue lock is one minute.')
  Onramp__CallTimeout: string?
  Onramp__TotalBudget: string?

  @description('Maximum retries within the budget, and the delay before the first.')
  Onramp__MaxRetries: string?
  Onramp__RetryBaseDelay: string?

  @description('Concurrent and waiting calls per instance. With the number of instances they limit the load on Onramp.')
  Onramp__MaxConcurrentCalls: string?
  Onramp__MaxQueuedCalls: string?

  @description('Calls per second of all instances together with sharedLimit, and of each instance without it.')
  Onramp__CallsPerSecond: string?

  @description('Circuit breaker.')
  Onramp__CircuitFailureRatio: string?
  Onramp__CircuitMinimumCalls: string?
  Onramp__CircuitSamplingWindow: string?
  Onramp__CircuitBreakDuration: string?

  @description('Delays between deliveries of a queued request. The last one repeats.')
  Queue__RetryDelays__0: string?
  Queue__RetryDelays__1: string?
  Queue__RetryDelays__2: string?
  Queue__RetryDelays__3: string?
  Queue__RetryDelays__4: string?

  @description('How long a failed cancel is retried, from its first delivery: a day by default, at most 14.')
  Queue__GiveUpAfter: string?

  @description('Jitter of a delay, from 0 to 1.')
  Queue__RetryJitter: string?

  @description('Time limits for one queue operation, and for keeping a message locked while topic and queue fail.')
  Queue__OperationTimeout: string?
  Queue__MaxHandlingTime: string?

  @description('Limits of a stale-order timeout.')
  Timeouts__MinDelay: string?
  Timeouts__MaxDelay: string?

  @description('Time from the end of an order to its timeout, and time over which simultaneous timeouts are spread.')
  Timeouts__Grace: string?
  Timeouts__Spread: string?

  @description('How long records and finished timeouts are kept, and the time limit for one table operation.')
  Records__KeepFor: string?
  Records__OperationTimeout: string?

  @description('CloudEvents source of the results, and the time limit for publishing one.')
  Outcomes__Source: string?
  Outcomes__PublishTimeout: string?

  @description('Signatures (off, accept, require) if there are signingCallers.')
  Callers__Signatures: string?

  @description('Interval between reads of the secrets of callers, after which a disabled one is rejected.')
  Callers__RefreshInterval: string?

  @description('Requests per minute, caller and instance. 0: unlimited.')
  Callers__RequestsPerMinute: string?

  @description('Origins that may deliver events, such as eventgrid.azure.net.')
  Callers__AllowedOrigins__0: string?
  Callers__AllowedOrigins__1: string?
}
