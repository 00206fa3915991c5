#!/usr/bin/env bash
# Registers the resource providers that the templates need. If all are registered, this needs no rights.
set -euo pipefail
bash "$(dirname "$0")/signed-in.sh"

# No resource names Microsoft.App, but the subnet of a Flex Consumption app is delegated to it.
wanted='
  Microsoft.AlertsManagement
  Microsoft.App
  Microsoft.Cache
  Microsoft.EventGrid
  Microsoft.Insights
  Microsoft.KeyVault
  Microsoft.ManagedIdentity
  Microsoft.Network
  Microsoft.OperationalInsights
  Microsoft.ServiceBus
  Microsoft.Storage
  Microsoft.Web
'
# Reading them is a right on the subscription, which a deployer with rights on a group only does not have.
if ! registered=$(az provider list --query "[?registrationState=='Registered'].namespace" --output tsv 2>/dev/null)
then
  echo "The resource providers cannot be listed. If the deployment reports MissingSubscriptionRegistration, ask an" \
    "administrator of the subscription to run infra/scripts/providers.sh." >&2
  exit 0
fi
for provider in $wanted; do
  if ! grep --quiet --ignore-case --line-regexp "$provider" <<<"$registered"; then
    echo "Registering $provider."
    if ! az provider register --namespace "$provider" --wait --output none; then
      echo "Ask an administrator of the subscription to run: az provider register --namespace $provider" >&2
      exit 1
    fi
  fi
done
