namespace Infrastructure.Tests;

/// <summary>
/// A fake az that records its calls and behaves like the real one in difficult situations. A variable enables each
/// behaviour, whose source is named next to it.
/// </summary>
internal static class FakeAz
{
    public const string Script = """
        #!/bin/sh
        echo "az $*" >> "$CALLS"
        calls() { grep -c -- "$1" "$CALLS"; }
        fail() { printf '%s\n' "$@" >&2; exit 1; }
        case "$*" in
          # The words are the real one's.
          "account show --query user.type"*) echo "${USER_TYPE:-user}" ;;
          "account show"*) [ -z "${NOBODY:-}" ] || fail "ERROR: Please run 'az login' to setup account."; echo 00000000-0000-0000-0000-000000000001 ;;
          "ad signed-in-user"*) echo 00000000-0000-0000-0000-0000000000dd ;;
          "provider list"*)
            [ -z "${GROUP_RIGHTS:-}" ] || fail "ERROR: (AuthorizationFailed) The client does not have authorization to perform action 'Microsoft.Resources/subscriptions/providers/read' over scope '/subscriptions/00000000-0000-0000-0000-000000000001'"
            for provider in $REGISTERED; do echo "$provider"; done ;;
          # Lists names like westeurope (Azure/azure-cli, appservice/custom.py, list_flexconsumption_locations).
          "functionapp list-flexconsumption-locations"*)
            [ -z "${GROUP_RIGHTS:-}" ] || fail "ERROR: (AuthorizationFailed) The client does not have authorization to perform action 'Microsoft.Web/geoRegions/read' over scope '/subscriptions/00000000-0000-0000-0000-000000000001'"
            case "$*" in *=true*) printf 'westeurope\nnortheurope\n' ;; *) printf 'westeurope\nnortheurope\nwestus\n' ;; esac ;;
          "group show"*) echo "${GROUP_REGION:-westeurope}" ;;
          "provider register"*) [ -z "${MAY_NOT_REGISTER:-}" ] || fail "ERROR: (AuthorizationFailed) The client does not have authorization to perform action '.../register/action'" ;;
          "group exists"*) echo "$GROUP_EXISTS" ;;
          # Azure answers with the outputs of a template in another case than it was written in (Azure/azure-dev compares them without minding case).
          "deployment group show"*)
            printf 'apI_KEY_SECRET_NAME\tapI_SECRET_SECRET_NAME\tazurE_FUNCTION_APP_NAME\tazurE_KEY_VAULT_NAME\tcanceL_URL\thealtH_URL\tqueuE_KEY_SECRET_NAME\tcalleR_SECRET_NAMES\tazurE_RESOURCE_GROUP\tazurE_KEY_VAULT_ID\tapP_PRINCIPAL_ID\trolE_ASSIGNMENTS\n'
            printf 'onramp-api-key\tonramp-api-secret\tfunc-onramp-cancel-abc123\tkv-cancel-abc123\thttps://func-onramp-cancel-abc123.azurewebsites.net/api/orders/cancel\t%s\tqueue-authentication-key\t%s\t%s\t/vaults/kv-cancel-abc123\tthe-app\t%s\n' "$HEALTH" "${SIGNERS-webhook-storefront}" "${RESOURCE_GROUP:-rg-onramp-cancel-dev}" "$NEEDED" ;;
          # Names of secrets are part of the vault as a resource (learn.microsoft.com/rest/api/keyvault/secrets/get).
          "rest --method get --url /vaults/kv-cancel-abc123/secrets/"*)
            name=${5#*/secrets/} name=${name%%\?*}
            [ -f "$STATE/$name" ] || fail "ERROR: Not Found({\"error\":{\"code\":\"SecretNotFound\",\"message\":\"Secret not found: $name\"}})" ;;
          # principalId eq: at, above or below the scope; atScope(): at or above (learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest).
          "rest --method get --url "*"/roleAssignments --url-parameters api-version=2022-04-01 \$filter=principalId eq 'the-app'"*)
            for id in ${GIVEN-$NEEDED}; do echo "$id"; done; echo /subscriptions/1/providers/Microsoft.Authorization/roleAssignments/above ;;
          "rest --method get --url /vaults/kv-cancel-abc123/"*"atScope()"*) for id in ${LEFT:-}; do echo "$id"; done ;;
          "role assignment create"*)
            [ -z "${MAY_NOT_ASSIGN:-}" ] || fail "ERROR: (AuthorizationFailed) The client does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write'"
            touch "$STATE/officer"; echo "/vaults/kv-cancel-abc123/providers/Microsoft.Authorization/roleAssignments/officer|${STANDING-Set the secrets, during a deployment.}" ;;
          # A cannot-delete lock on a resource prevents the deletion of role assignments (learn.microsoft.com/azure/azure-resource-manager/management/lock-resources).
          "role assignment delete"*)
            if [ -f "$STATE/locked" ]; then
              fail "ERROR: (ScopeLocked) The scope '$5' cannot perform delete operation because following scope(s) are locked: '${5%%/providers/Microsoft.Authorization*}'. Please remove the lock and try again."
            fi
            case "$*" in *${UNREMOVABLE:-nothing}*) fail "ERROR: (AuthorizationFailed) The client does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/delete'" ;; *officer*) rm -f "$STATE/officer" ;; esac ;;
          "lock show"*) echo "Holds the secrets." ;;
          "lock delete"*) rm "$STATE/locked" ;;
          "lock create"*) touch "$STATE/locked" ;;
          "keyvault secret"*)
            # A role that was just assigned is not known everywhere (Azure/azure-cli #22510: the words are its).
            if [ ! -f "$STATE/officer" ] || [ "$(calls 'keyvault secret')" -le "${LATE_ROLE:-0}" ]; then
              fail "ERROR: (Forbidden) Caller is not authorized to perform action on resource." \
                "If role assignments, deny assignments or role definitions were changed recently, please observe propagation time."
            fi
            name=$7
            if [ -n "${CLOSED_VAULT:-}" ]; then fail "ERROR: (Forbidden) Public network access is disabled and request is not from a trusted service nor via an approved private link."; fi
            cat > "$STATE/$name" ;;
          *config-zip*)
            if [ "$(calls config-zip)" -le "${REFUSALS:-0}" ]; then
              case "$REFUSAL" in
                # The identity's role on the storage account is late: the deployment site is refused (Azure-Samples' and users' reports of OneDeploy).
                storage) fail "ERROR: Deployment failed: InaccessibleStorageException: Failed to access storage account for deployment: BlobUploadFailedException: Failed to upload blob to storage account: Response status code does not indicate success: 403 (This request is not authorized to perform this operation using this permission.)." ;;
                # Azure/azure-cli #33184: the deployment site restarts under the upload.
                restart) fail "WARNING: Deployment endpoint responded with status code 202" "ERROR: Deployment was partially successful. These are the deployment logs:" '[{"message": "Starting deployment pipeline."}]' ;;
                # Azure/functions-action #390.
                unavailable) fail "ERROR: Site Unavailable (CODE: 503)" ;;
                # Azure/azure-functions-core-tools, DeployStatus.Conflict.
                conflict) fail "ERROR: Deployment was cancelled, another deployment in progress." ;;
                # Not the storage's 403 but the account's: the one that may not deploy stays so.
                right) fail "ERROR: (AuthorizationFailed) The client does not have authorization to perform action 'Microsoft.Web/sites/publish/action'" ;;
                package) fail "ERROR: Deployment failed: the package has no host.json." ;;
                *) fail "ERROR: $REFUSAL" ;;
              esac
            fi
            # Azure/azure-cli, appservice/custom.py, check_flex_app_after_deployment: 60 s after an upload that has succeeded the host is asked for its state.
            [ -z "${UNHEALTHY:-}" ] || fail "WARNING: Checking the health of the function app" "ERROR: Deployment was successful but the app appears to be unhealthy. Please check the app logs." ;;
        esac
        """;
}
