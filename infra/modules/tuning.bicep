metadata description = 'The settings that an operator may change; a name that is not here is refused before anything is deployed.'

@export()
@sealed()
@description('App settings by name. Times are hh:mm:ss, with fractions or leading days where needed.')
type tuningType = {
  @description('Names of the secrets in the vault: the pair for Onramp, and the key that authenticates messages on the queue.')
  KeyVault__ApiKeySecretName: string?
  KeyVault__ApiSecretSecretName: string?
  KeyVault__QueueKeySecretName: string?

  @description('How long the first reading of the secrets may take; below the 30 s that the platform gives a worker to start.')
  KeyVault__StartupBudget: string?

  @description('How often the secrets are read again.')
  KeyVault__RefreshInterval: string?

  @description('Shortest time between two readings after refused signatures.')
  KeyVault__ReloadCooldown: string?

  @description('The provider, without a path.')
  Onramp__BaseUrl: string?

  @description('One call, and the whole answer to an HTTP caller. The queue lock is one minute.')
  Onramp__CallTimeout: string?
  Onramp__TotalBudget: string?

  @description('Further tries within the budget, and the pause before the first of them.')
  Onramp__MaxRetries: string?
  Onramp__RetryBaseDelay: string?

  @description('Calls at the same time, and waiting ones, per instance. With the number of instances this bounds the load on the provider.')
  Onramp__MaxConcurrentCalls: string?
  Onramp__MaxQueuedCalls: string?

  @description('The circuit breaker.')
  Onramp__CircuitFailureRatio: string?
  Onramp__CircuitMinimumCalls: string?
  Onramp__CircuitSamplingWindow: string?
  Onramp__CircuitBreakDuration: string?

  @description('Pauses between deliveries of a queued request; as many retries as there are pauses.')
  Queue__RetryDelays__0: string?
  Queue__RetryDelays__1: string?
  Queue__RetryDelays__2: string?
  Queue__RetryDelays__3: string?
  Queue__RetryDelays__4: string?

  @description('Share by which a pause varies, 0 to 1.')
  Queue__RetryJitter: string?

  @description('One operation of the queue; and how long a message is held under its lock while neither topic nor queue takes anything.')
  Queue__OperationTimeout: string?
  Queue__MaxHandlingTime: string?

  @description('Bounds of a stale-order timeout.')
  Timeouts__MinDelay: string?
  Timeouts__MaxDelay: string?

  @description('CloudEvents source of the results, and how long publishing one may take.')
  Outcomes__Source: string?
  Outcomes__PublishTimeout: string?

  @description('Signatures of callers (off, accept, require), and the callers that sign: the secret of caller shop is webhook-shop in the vault.')
  Callers__Signatures: string?
  Callers__Names__0: string?
  Callers__Names__1: string?
  Callers__Names__2: string?
  Callers__Names__3: string?

  @description('How often the secrets of callers are read again: how long a disabled one is still accepted.')
  Callers__RefreshInterval: string?

  @description('Whether the platform\'s sign-in names callers: true only where it is on.')
  Callers__TrustPrincipal: string?

  @description('Requests a minute that one caller may send to one instance; 0 for any number.')
  Callers__RequestsPerMinute: string?

  @description('Origins that may deliver events, for example eventgrid.azure.net.')
  Callers__AllowedOrigins__0: string?
  Callers__AllowedOrigins__1: string?
}
