#!/usr/bin/env bash
# Prints what a deployment would change, as a table in Markdown: plan.sh ENVIRONMENT GROUP. It deploys nothing, and
# needs only the right to read. FAIL_ON_CHANGES makes a change an error, to detect drift. Azure cannot tell what happens
# to role assignments (Unsupported), so they are left out.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ $# -ne 2 ]; then
  echo 'plan.sh: say ENVIRONMENT and GROUP, for example: infra/scripts/plan.sh dev rg-onramp-cancel-dev' >&2
  exit 2
fi
command -v jq >/dev/null || {
  echo 'plan.sh: install jq first.' >&2
  exit 2
}

changes=$(az deployment group what-if --resource-group "$2" --parameters "infra/main.$1.bicepparam" \
  --validation-level ProviderNoRbac --no-pretty-print --output json | jq --raw-output '.changes[]
    | select(.changeType | IN("NoChange", "Ignore", "NoEffect", "Unsupported") | not)
    | "| \(.changeType) | \(.resourceId | split("/providers/")[1:] | join("/")) | \([.delta[]?.path] | join(", ")) |"')
if [ -z "$changes" ]; then
  echo "No changes."
  exit 0
fi
printf '%s\n' '| change | resource | properties |' '|---|---|---|' "$changes"
[ -z "${FAIL_ON_CHANGES:-}" ]
