#!/usr/bin/env bash
# Sets the provider's API key and secret in the vault, unless they are there: from ONRAMP_API_KEY and ONRAMP_API_SECRET,
# or from the terminal. Creates the key that authenticates messages on the queue: 32 random bytes, which nobody needs to
# know. AZURE_KEY_VAULT_NAME, API_KEY_SECRET_NAME, API_SECRET_SECRET_NAME, QUEUE_KEY_SECRET_NAME: outputs of the
# deployment.
set -euo pipefail
cd "$(dirname "$0")"
source ./retry.sh

# The role of who sets them is some minutes old at most, and not known everywhere (Azure/azure-cli #22510); nor is the
# new vault's name.
passing='Caller is not authorized to perform action|Name or service not known|Failed to resolve|getaddrinfo failed'

give_up() {
  echo "$error" >&2
  echo "$1" >&2
  exit 1
}

set_secret() {
  printf %s "$value" | az keyvault secret set --vault-name "$AZURE_KEY_VAULT_NAME" --name "$1" --file /dev/stdin --encoding utf-8 --output none
}

# The value of a variable; for `random`, a new key.
initial_value() {
  if [ "$1" = random ]; then
    openssl rand -base64 32
  else
    printf %s "${!1:-}"
  fi
}

ensure() {
  local name=$1 variable=$2 value
  if try_again "$passing" az keyvault secret show --vault-name "$AZURE_KEY_VAULT_NAME" --name "$name" --query id --output none; then
    echo "$name is in $AZURE_KEY_VAULT_NAME."
    return
  fi
  case $error in
    *SecretNotFound*) ;;
    *'Caller is not authorized'*) give_up "Whoever sets the secrets needs the role Key Vault Secrets Officer on $AZURE_KEY_VAULT_NAME: AZURE_PRINCIPAL_ID gives it." ;;
    *'Public network access is disabled'* | *ForbiddenByFirewall* | *'is not authorized and caller is not a trusted service'*)
      give_up "$AZURE_KEY_VAULT_NAME is closed to this machine: give its address in deployerAddress, or run this inside the virtual network." ;;
    *) give_up "$AZURE_KEY_VAULT_NAME does not say whether it has $name." ;;
  esac

  value=$(initial_value "$variable")
  if [ -z "$value" ] && [ -t 0 ]; then
    read -rsp "$name: " value
    echo
  fi
  if [ -z "$value" ]; then
    error="There is no $name in $AZURE_KEY_VAULT_NAME."
    give_up "Set $variable, or start this in a terminal, where it asks."
  fi
  try_again "$passing" set_secret "$name" || give_up "$name could not be set in $AZURE_KEY_VAULT_NAME. One that was deleted is had back by az keyvault secret recover."
  echo "$name is set in $AZURE_KEY_VAULT_NAME."
}

ensure "$API_KEY_SECRET_NAME" ONRAMP_API_KEY
ensure "$API_SECRET_SECRET_NAME" ONRAMP_API_SECRET
ensure "$QUEUE_KEY_SECRET_NAME" random
