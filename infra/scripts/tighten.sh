#!/usr/bin/env bash
# Removes the roles that earlier deployments assigned and this one does not. A deployment only adds: without this, the
# app would stay Data Owner of the namespace after scaleAccess has become namespaceReader.
# AZURE_RESOURCE_GROUP, AZURE_KEY_VAULT_ID, APP_PRINCIPAL_ID and ROLE_ASSIGNMENTS are outputs of the deployment.
set -euo pipefail
cd "$(dirname "$0")"
source ./retry.sh
source ./roles.sh

# Prints the ids of assignments: assignments SCOPE FILTER QUERY.
assignments() {
  az rest --method get --url "$1/providers/Microsoft.Authorization/roleAssignments" \
    --url-parameters api-version=2022-04-01 "\$filter=$2" --query "value$3.id" --output tsv
}

# With this filter Azure also returns assignments above the group, which are not of this deployment.
group="/subscriptions/{subscriptionId}/resourceGroups/$AZURE_RESOURCE_GROUP"
ofApp=$(assignments "$group" "principalId eq '$APP_PRINCIPAL_ID'" '[]')
ofApp=$(grep --ignore-case --fixed-strings "/resourceGroups/$AZURE_RESOURCE_GROUP/" <<<"$ofApp" || true)
# Left by a deployment that was killed.
ofDeployers=$(assignments "$AZURE_KEY_VAULT_ID" 'atScope()' "[?properties.description=='$secrets_officer']")

for id in $ofApp $ofDeployers; do
  if grep --quiet --ignore-case --line-regexp --fixed-strings "$id" <<<"${ROLE_ASSIGNMENTS// /$'\n'}"; then
    continue
  fi
  echo "Removing a role that is no longer needed: $id"
  unassign "$id" || echo "It could not be removed: $error" >&2
done
