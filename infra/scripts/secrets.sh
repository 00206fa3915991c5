#!/usr/bin/env bash
# Sets the API key and the API secret in the vault if they do not exist, from ONRAMP_API_KEY and ONRAMP_API_SECRET or
# from the terminal. Also creates the key that authenticates messages on the queue, and the secrets of callers that
# sign: 32 random bytes each.
# With SECRETS=keep it only checks that they exist. To set one, it has the role Key Vault Secrets Officer meanwhile.
# AZURE_KEY_VAULT_ID, AZURE_KEY_VAULT_NAME and the names of the secrets are outputs of the deployment.
set -euo pipefail
cd "$(dirname "$0")"
source ./retry.sh
source ./roles.sh

# Transient errors: a new role assignment (Azure/azure-cli #22510) or the name of a new vault has not propagated yet.
transient='Caller is not authorized to perform action|Name or service not known|Failed to resolve|getaddrinfo failed'

fail() {
  echo "$error" >&2
  echo "$1" >&2
  exit 1
}

# The names are properties of the vault as a resource, which a deployer may read without a role on the secrets.
missing=()
for name in "$API_KEY_SECRET_NAME" "$API_SECRET_SECRET_NAME" "$QUEUE_KEY_SECRET_NAME" ${CALLER_SECRET_NAMES:-}; do
  if error=$(az rest --method get --url "$AZURE_KEY_VAULT_ID/secrets/$name?api-version=2024-11-01" --output none \
    2>&1); then
    echo "$name exists in $AZURE_KEY_VAULT_NAME."
    continue
  fi
  case $error in
    *NotFound* | *'Not Found'*) missing+=("$name") ;;
    *) fail "$AZURE_KEY_VAULT_NAME could not be asked for $name." ;;
  esac
done
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi
if [ "${SECRETS:-set}" = keep ]; then
  error="$AZURE_KEY_VAULT_NAME does not have these secrets: ${missing[*]}."
  fail "A person must set them first: run infra/deploy.sh once without SECRETS=keep, see infra/README.md."
fi

# All values are known before the role is assigned.
values=()
for name in "${missing[@]}"; do
  variable=
  case $name in
    "$API_KEY_SECRET_NAME") variable=ONRAMP_API_KEY ;;
    "$API_SECRET_SECRET_NAME") variable=ONRAMP_API_SECRET ;;
    webhook-*) value=whsec_$(openssl rand -base64 32) ;;
    *) value=$(openssl rand -base64 32) ;;
  esac
  if [ -n "$variable" ]; then
    value=${!variable:-}
  fi
  if [ -z "$value" ] && [ -t 0 ]; then
    read -rsp "$name: " value
    echo
  fi
  if [ -z "$value" ]; then
    error="$name does not exist in $AZURE_KEY_VAULT_NAME."
    fail "Set $variable, or run this in a terminal, where it asks for the value."
  fi
  values+=("$value")
done

type=ServicePrincipal
if [ "$(az account show --query user.type --output tsv)" = user ]; then
  type=User
  AZURE_PRINCIPAL_ID=${AZURE_PRINCIPAL_ID:-$(az ad signed-in-user show --query id --output tsv)}
elif [ -z "${AZURE_PRINCIPAL_ID:-}" ]; then
  error="A service principal is signed in."
  fail "Set AZURE_PRINCIPAL_ID to its object id: az ad sp show --id CLIENT_ID --query id --output tsv"
fi
if ! assignment=$(az role assignment create --role 'Key Vault Secrets Officer' --scope "$AZURE_KEY_VAULT_ID" \
  --assignee-object-id "$AZURE_PRINCIPAL_ID" --assignee-principal-type "$type" --description "$secrets_officer" \
  --query "join('|', [id, description || ''])" --output tsv); then
  error="You may not assign roles on $AZURE_KEY_VAULT_NAME."
  fail "Ask an owner of the resource group to run infra/deploy.sh, or for the role Owner."
fi
# An assignment that was there before has another description and stays.
if [ "${assignment#*|}" = "$secrets_officer" ]; then
  trap 'unassign "${assignment%%|*}" || echo "The role could not be removed again: $error" >&2' EXIT
fi

set_secret() {
  printf %s "$value" | az keyvault secret set --vault-name "$AZURE_KEY_VAULT_NAME" --name "$1" --file /dev/stdin \
    --encoding utf-8 ${expires:+--expires "$expires"} --output none
}

expires=
if [ "${SECRET_DAYS:-365}" -gt 0 ]; then
  expires=$(date --utc --date "${SECRET_DAYS:-365} days" +%Y-%m-%dT%H:%M:%SZ)
fi
for i in "${!missing[@]}"; do
  name=${missing[$i]}
  value=${values[$i]}
  if retry "$transient" set_secret "$name"; then
    echo "$name is set in $AZURE_KEY_VAULT_NAME${expires:+ until ${expires%T*}}."
    continue
  fi
  case $error in
    *'Caller is not authorized'*)
      fail "The role Key Vault Secrets Officer on $AZURE_KEY_VAULT_NAME has not taken effect. Run this again later."
      ;;
    *'Public network access is disabled'* | *ForbiddenByFirewall* | \
      *'is not authorized and caller is not a trusted service'*)
      fail "$AZURE_KEY_VAULT_NAME is closed to this machine. Set deployerAddress, or run this in the virtual network."
      ;;
    *)
      fail "$name could not be set in $AZURE_KEY_VAULT_NAME. To restore a deleted secret: az keyvault secret recover."
      ;;
  esac
done
