#!/usr/bin/env bash
# Brings the service up in Azure, or up to date.
#   infra/deploy.sh dev|prod [region]
# RESOURCE_GROUP  group to deploy to (rg-onramp-cancel-<environment>)
# PACKAGE         zip of the published app; built here when not given
# ALERT_EMAIL     who is told of alerts (nobody)
set -euo pipefail

environment=${1:?Usage: infra/deploy.sh dev|prod [region]}
region=${2:-westeurope}
group=${RESOURCE_GROUP:-rg-onramp-cancel-$environment}
package=${PACKAGE:-}

cd "$(dirname "$0")/.."
parameters=infra/main.$environment.bicepparam
if [ ! -f "$parameters" ]; then
  echo "There is no $parameters." >&2
  exit 2
fi

if [ -z "$package" ]; then
  rm -rf artifacts/app artifacts/app.zip
  dotnet publish src/OnrampFunctions --configuration Release --runtime linux-x64 --no-self-contained --output artifacts/app
  # The dot takes the hidden folder along in which the host looks for the functions.
  (cd artifacts/app && zip --quiet --recurse-paths ../app.zip .)
  package=artifacts/app.zip
fi

if [ "$(az group exists --name "$group")" != true ]; then
  az group create --name "$group" --location "$region" --output none
fi
az deployment group create --name onramp-cancel --resource-group "$group" --parameters "$parameters" --output none

output() {
  az deployment group show --name onramp-cancel --resource-group "$group" --query "properties.outputs.$1.value" --output tsv
}
app=$(output functionAppName)
vault=$(output keyVaultName)

# A role that was just assigned takes some minutes to be known everywhere; until then the package cannot be stored.
for try in 1 2 3 4 5; do
  if az functionapp deployment source config-zip --resource-group "$group" --name "$app" --src "$package" --output none; then
    break
  fi
  if [ "$try" = 5 ]; then
    echo "The package could not be deployed to $app." >&2
    exit 1
  fi
  echo "Trying again in ${RETRY_SECONDS:-60} s." >&2
  sleep "${RETRY_SECONDS:-60}"
done

cat <<END
Deployed $app to $group.
Cancel:  $(output cancelUrl)
Health:  $(output healthUrl)
Secrets: $vault wants $(output apiKeySecretName) and $(output apiSecretSecretName), see infra/README.md.
END
