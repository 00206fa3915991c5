# To be sourced, after retry.sh.

# The description by which the scripts recognise the role that secrets.sh assigns.
secrets_officer='Set the secrets, during a deployment.'

# unassign ID: deletes a role assignment. A delete lock on its resource prevents that
# (learn.microsoft.com/azure/azure-resource-manager/management/lock-resources), so the lock is removed meanwhile.
unassign() {
  local id=$1 scope notes
  if error=$(az role assignment delete --ids "$id" 2>&1 >/dev/null); then
    return 0
  fi
  scope=$(sed -n "s/.*are locked: '\([^']*\)'.*/\1/p" <<<"$error")
  if [ -z "$scope" ]; then
    return 1
  fi
  notes=$(az lock show --ids "$scope/providers/Microsoft.Authorization/locks/keep" --query notes --output tsv)
  (
    trap 'az lock create --name keep --resource "$scope" --lock-type CanNotDelete --notes "$notes" --output none' EXIT
    az lock delete --ids "$scope/providers/Microsoft.Authorization/locks/keep"
    retry ScopeLocked az role assignment delete --ids "$id"
  )
}
