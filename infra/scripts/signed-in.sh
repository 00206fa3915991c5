#!/usr/bin/env bash
# Checks that az is signed in, and to the subscription of azd, which has a sign-in and a subscription of its own.
set -euo pipefail
if ! subscription=$(az account show --query id --output tsv 2>/dev/null); then
  echo "You are not signed in. Run az login, then az account set --subscription NAME." >&2
  exit 1
fi
if [ "${AZURE_SUBSCRIPTION_ID:-$subscription}" != "$subscription" ]; then
  echo "az uses another subscription than AZURE_SUBSCRIPTION_ID. Run az account set --subscription" \
    "$AZURE_SUBSCRIPTION_ID." >&2
  exit 1
fi
