#!/usr/bin/env bash
# Brings the service up in Azure, or up to date: resources, then secrets, then code, then its own health.
#   infra/deploy.sh dev|prod [region]
# ALERT_EMAIL         who is told of alerts: an address, or none (required)
# RESOURCE_GROUP      group to deploy to (rg-onramp-cancel-<environment>)
# PACKAGE             zip of the published app; built here when not given
# AZURE_PRINCIPAL_ID  object id of who sets the secrets (you, when a person is signed in), of the kind AZURE_PRINCIPAL_TYPE (User)
# SECRETS             keep: leave the vault alone, for a deployer that has no right to it (set)
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
if [ -z "${ALERT_EMAIL:-}" ]; then
  echo "Set ALERT_EMAIL to the address that is told of alerts, or to none." >&2
  exit 2
fi
export ALERT_EMAIL

if [ -z "$package" ]; then
  rm -rf artifacts/app artifacts/app.zip
  dotnet publish src/OnrampFunctions --configuration Release --runtime linux-x64 --no-self-contained --output artifacts/app
  # The dot takes the hidden folder along in which the host looks for the functions.
  (cd artifacts/app && zip --quiet --recurse-paths ../app.zip .)
  package=artifacts/app.zip
elif [ ! -f "$package" ]; then
  echo "There is no package $package." >&2
  exit 2
fi

if [ "${SECRETS:-set}" != keep ] && [ -z "${AZURE_PRINCIPAL_ID:-}" ] && [ "$(az account show --query user.type --output tsv)" = user ]; then
  AZURE_PRINCIPAL_ID=$(az ad signed-in-user show --query id --output tsv)
  export AZURE_PRINCIPAL_ID
fi

bash infra/scripts/providers.sh
if [ "$(az group exists --name "$group")" != true ]; then
  az group create --name "$group" --location "$region" --output none
fi
echo "Deploying the resources to $group, which takes some minutes."
az deployment group create --name onramp-cancel --resource-group "$group" --parameters "$parameters" --output none

# The outputs, as azd gives them to its hooks. Azure answers with their names in another case.
{
  IFS=$'\t' read -ra names
  IFS=$'\t' read -ra values
} < <(az deployment group show --name onramp-cancel --resource-group "$group" \
  --query '[keys(properties.outputs), values(properties.outputs)[].value]' --output tsv)
for i in "${!names[@]}"; do
  export "$(tr '[:lower:]' '[:upper:]' <<<"${names[$i]}")=${values[$i]}"
done

if [ "${SECRETS:-set}" != keep ]; then
  bash infra/scripts/secrets.sh
fi
bash infra/scripts/code.sh "$group" "$package"
bash infra/scripts/health.sh

cat <<END
Deployed $AZURE_FUNCTION_APP_NAME to $group.
Cancel:  $CANCEL_URL
Health:  $HEALTH_URL
Key:     az functionapp keys list --resource-group $group --name $AZURE_FUNCTION_APP_NAME --query functionKeys.default --output tsv
END
