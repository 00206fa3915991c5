namespace Infrastructure.Tests;

/// <summary>
/// A fake az that records its calls and behaves like the real one in difficult situations. A variable enables each
/// behaviour, whose source is named next to it.
/// </summary>
internal static class FakeAz
{
    public const string Script = """
        #!/usr/bin/env bash
        echo "az $*" >> "$CALLS"
        times() { grep -c -- "$1" "$CALLS"; }
        fail() { printf '%s\n' "$@" >&2; exit 1; }
        case "$*" in
          # The words are the real one's.
          "account show"*) [ -z "${NOBODY:-}" ] || fail "ERROR: Please run 'az login' to setup account."; echo "${USER_TYPE:-user}" ;;
          "ad signed-in-user"*) echo 00000000-0000-0000-0000-0000000000dd ;;
          "provider list"*) for provider in $REGISTERED; do echo "$provider"; done ;;
          "provider register"*) [ -z "${MAY_NOT_REGISTER:-}" ] || fail "ERROR: (AuthorizationFailed) The client does not have authorization to perform action '.../register/action'" ;;
          "group exists"*) echo "$GROUP_EXISTS" ;;
          # Azure answers with the outputs of a template in another case than it was written in (Azure/azure-dev compares them without minding case).
          "deployment group show"*)
            printf 'apI_KEY_SECRET_NAME\tapI_SECRET_SECRET_NAME\tazurE_FUNCTION_APP_NAME\tazurE_KEY_VAULT_NAME\tcanceL_URL\thealtH_URL\tqueuE_KEY_SECRET_NAME\n'
            printf 'onramp-api-key\tonramp-api-secret\tfunc-onramp-cancel-abc123\tkv-cancel-abc123\thttps://func-onramp-cancel-abc123.azurewebsites.net/api/orders/cancel\t%s\tqueue-authentication-key\n' "$HEALTH" ;;
          # A role that was just given is not known everywhere (Azure/azure-cli #22510: the words are its).
          "keyvault secret"*)
            if [ "$(times 'keyvault secret')" -le "${LATE_ROLE:-0}" ]; then
              fail "ERROR: (Forbidden) Caller is not authorized to perform action on resource." \
                "If role assignments, deny assignments or role definitions were changed recently, please observe propagation time."
            fi
            name=$(sed 's/.*--name \([^ ]*\).*/\1/' <<<"$*")
            if [ -n "${CLOSED_VAULT:-}" ]; then fail "ERROR: (Forbidden) Public network access is disabled and request is not from a trusted service nor via an approved private link."; fi
            case "$*" in
              *"secret show"*) [ -f "$STATE/$name" ] || fail "ERROR: (SecretNotFound) A secret with (name/id) $name was not found in this key vault." ;;
              *"secret set"*) cat > "$STATE/$name" ;;
            esac ;;
          *config-zip*)
            if [ "$(times config-zip)" -le "${REFUSALS:-0}" ]; then
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
