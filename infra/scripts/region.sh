#!/usr/bin/env bash
# Checks that a region has Flex Consumption, and zones if they are wanted: region.sh REGION ZONES.
set -euo pipefail
region=$(tr '[:upper:]' '[:lower:]' <<<"$1" | tr -d ' ')
with=$([ "$2" = true ] && echo " with availability zones" || true)

if ! regions=$(az functionapp list-flexconsumption-locations --zone-redundant="$2" --query '[].name' --output tsv \
  2>/dev/null); then
  echo "The regions of Flex Consumption cannot be listed, so $region is not checked." >&2
  exit 0
fi
or=$([ "$2" = true ] && echo ", or set zoneRedundant to false" || true)
if ! tr '[:upper:]' '[:lower:]' <<<"$regions" | tr -d ' ' | grep --quiet --line-regexp "$region"; then
  echo "$region does not have Flex Consumption$with. Choose one of these regions$or:" \
    "$(tr '\n' ' ' <<<"$regions")" >&2
  exit 1
fi
