#!/usr/bin/env bash
# Uploads a package to the app: code.sh PACKAGE. AZURE_RESOURCE_GROUP and AZURE_FUNCTION_APP_NAME are outputs of the
# deployment.
set -euo pipefail
package=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")"

# File names are plain text in a zip file. Without the host part of this extension the app would not receive messages.
if ! grep -qaF .azurefunctions/Microsoft.Azure.WebJobs.Extensions.ServiceBus.dll "$package"; then
  echo "$package has no Service Bus extension, so the app would not receive messages. Publish the app with dotnet" \
    "publish, from a feed that has Microsoft.Azure.Functions.Worker.Extensions.ServiceBus." >&2
  exit 1
fi
source ./retry.sh

# Transient errors: the role on the storage has not propagated yet (InaccessibleStorageException with 403), another
# deployment is in progress, the deployment site restarts (Azure/azure-cli #33184) or does not exist yet (503,
# Azure/functions-action #390).
transient='InaccessibleStorageException.*403|[Aa]nother deployment (is )?in progress'
transient="$transient|Deployment was partially successful|Service Unavailable|Site Unavailable|status code 503"

if ! retry "$transient" az functionapp deployment source config-zip --resource-group "$AZURE_RESOURCE_GROUP" \
  --name "$AZURE_FUNCTION_APP_NAME" --src "$package" --output none; then
  case $error in
    # 60 s after the upload the CLI asks the host for its state (appservice/custom.py, check_flex_app_after_deployment).
    # The package is uploaded all the same, and another upload would not help. health.sh checks the app.
    *'Deployment was successful but the app appears to be unhealthy'*) ;;
    *)
      echo "$error" >&2
      echo "The package could not be deployed to $AZURE_FUNCTION_APP_NAME." >&2
      exit 1
      ;;
  esac
fi
echo "The code is deployed to $AZURE_FUNCTION_APP_NAME."
