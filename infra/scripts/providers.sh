#!/usr/bin/env bash
# Registers what the templates need with the subscription; nothing is asked of who may not register when all is there.
set -euo pipefail

# Microsoft.App is named by no resource: it owns the subnet that a Flex Consumption app is in.
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
      echo "Somebody who may write to the whole subscription has to run: az provider register --namespace $provider" >&2
      exit 1
    fi
  fi
done
