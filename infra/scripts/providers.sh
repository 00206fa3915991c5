#!/usr/bin/env bash
# Registers the resource providers that the templates need. If all are registered, this needs no rights.
set -euo pipefail

# No resource names Microsoft.App, but the subnet of a Flex Consumption app is delegated to it.
wanted='
  Microsoft.AlertsManagement
  Microsoft.App
  Microsoft.Insights
  Microsoft.KeyVault
  Microsoft.ManagedIdentity
  Microsoft.Network
  Microsoft.OperationalInsights
  Microsoft.ServiceBus
  Microsoft.Storage
  Microsoft.Web
'
registered=$(az provider list --query "[?registrationState=='Registered'].namespace" --output tsv)
for provider in $wanted; do
  if ! grep --quiet --ignore-case --line-regexp "$provider" <<<"$registered"; then
    echo "Registering $provider."
    if ! az provider register --namespace "$provider" --wait --output none; then
      echo "Ask an administrator of the subscription to run: az provider register --namespace $provider" >&2
      exit 1
    fi
  fi
done
