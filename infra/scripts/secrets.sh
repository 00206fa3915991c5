#!/usr/bin/env bash
# Sets the API key and the API secret in the vault if they do not exist, from ONRAMP_API_KEY and ONRAMP_API_SECRET or
# from the terminal. Also creates the key that authenticates messages on the queue: 32 random bytes.
# AZURE_KEY_VAULT_NAME, API_KEY_SECRET_NAME, API_SECRET_SECRET_NAME and QUEUE_KEY_SECRET_NAME are outputs of the
# deployment.
set -euo pipefail
cd "$(dirname "$0")"
source ./retry.sh

# Transient errors: a new role assignment (Azure/azure-cli #22510) or the name of a new vault has not propagated yet.
transient='Caller is not authorized to perform action|Name or service not known|Failed to resolve|getaddrinfo failed'

fail() {
  echo "$error" >&2
  echo "$1" >&2
  exit 1
}

set_secret() {
  printf %s "$value" | az keyvault secret set --vault-name "$AZURE_KEY_VAULT_NAME" --name "$1" --file /dev/stdin \
    --encoding utf-8 --output none
}

# Prints the value of a variable, or for `random` a new key.
initial_value() {
  if [ "$1" = random ]; then
    openssl rand -base64 32
  else
    printf %s "${!1:-}"
  fi
}

ensure() {
  local name=$1 variable=$2 value
  if retry "$transient" az keyvault secret show --vault-name "$AZURE_KEY_VAULT_NAME" --name "$name" --query id \
    --output none; then
    echo "$name exists in $AZURE_KEY_VAULT_NAME."
    return
  fi
  case $error in
    *SecretNotFound*) ;;
    *'Caller is not authorized'*)
      fail "You need the role Key Vault Secrets Officer on $AZURE_KEY_VAULT_NAME. Set AZURE_PRINCIPAL_ID to assign it."
      ;;
    *'Public network access is disabled'* | *ForbiddenByFirewall* | \
      *'is not authorized and caller is not a trusted service'*)
      fail "$AZURE_KEY_VAULT_NAME is closed to this machine. Set deployerAddress, or run this in the virtual network."
      ;;
    *) fail "$AZURE_KEY_VAULT_NAME could not be asked for $name." ;;
  esac

  value=$(initial_value "$variable")
  if [ -z "$value" ] && [ -t 0 ]; then
    read -rsp "$name: " value
    echo
  fi
  if [ -z "$value" ]; then
    error="$name does not exist in $AZURE_KEY_VAULT_NAME."
    fail "Set $variable, or run this in a terminal, where it asks for the value."
  fi
  retry "$transient" set_secret "$name" \
    || fail "$name could not be set in $AZURE_KEY_VAULT_NAME. To restore a deleted secret: az keyvault secret recover."
  echo "$name is set in $AZURE_KEY_VAULT_NAME."
}

ensure "$API_KEY_SECRET_NAME" ONRAMP_API_KEY
ensure "$API_SECRET_SECRET_NAME" ONRAMP_API_SECRET
ensure "$QUEUE_KEY_SECRET_NAME" random
