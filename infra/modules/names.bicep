metadata description = 'The names of the resources.'

@export()
@description('The names, from 13 characters that are always the same for a resource group. They are globally unique.')
func namesOf(token string, isPremium bool) object => {
  identity: 'id-onramp-cancel-${token}'
  workspace: 'log-onramp-cancel-${token}'
  insights: 'appi-onramp-cancel-${token}'
  storage: 'stcancel${token}'
  vault: 'kv-cancel-${token}'
  // A Standard namespace cannot become a Premium one: the other tier is a second namespace, see README.md.
  namespace: isPremium ? 'sb-onramp-cancel-p-${token}' : 'sb-onramp-cancel-${token}'
  plan: 'plan-onramp-cancel-${token}'
  app: 'func-onramp-cancel-${token}'
  network: 'vnet-onramp-cancel-${token}'
  redis: 'redis-onramp-cancel-${token}'
}
