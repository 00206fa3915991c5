#!/usr/bin/env bash
# Deploys or updates the service in Azure: resources, then secrets, then code. Then it checks the health of the app.
#
# Usage: infra/deploy.sh dev|prod [region]
#
# region              region of a new resource group (westeurope)
#
# Environment variables:
# ALERT_EMAIL         email address for alerts, or none (required)
# ONRAMP_API_KEY      API key, with ONRAMP_API_SECRET; the script asks for them if the vault does not have them yet
# RESOURCE_GROUP      resource group (rg-onramp-cancel-<environment>)
# PACKAGE             zip file of the published app; the script builds it if this is not set
# AZURE_PRINCIPAL_ID  object id of the principal that sets the secrets (you, if a person is signed in)
# AZURE_PRINCIPAL_TYPE  type of that principal (User)
# SECRETS             keep: do not touch the vault, for a deployer without access to it (set)
set -euo pipefail

# Prints the comment above, from the usage on.
usage() { sed -n '/^# Usage/,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0"; }

# Prints an error and exits before anything has changed.
refuse() {
  echo "$1" >&2
  exit 2
}

case ${1:-} in
  -h | --help)
    usage
    exit 0
    ;;
  '' | -*)
    usage >&2
    exit 2
    ;;
esac

environment=$1
region=${2:-westeurope}
group=${RESOURCE_GROUP:-rg-onramp-cancel-$environment}
package=${PACKAGE:-}

cd "$(dirname "$0")/.."
parameters=infra/main.$environment.bicepparam
[ -f "$parameters" ] || refuse "$parameters does not exist."
[ -n "${ALERT_EMAIL:-}" ] || refuse "Set ALERT_EMAIL to an email address for alerts, or to none."
[ -z "$package" ] || [ -f "$package" ] || refuse "The package $package does not exist."
export ALERT_EMAIL

missing=
tools='az curl'
[ -n "$package" ] || tools="$tools dotnet zip"
for tool in $tools; do
  if ! command -v "$tool" >/dev/null; then
    missing="$missing${missing:+$'\n'}Install $tool first. infra/README.md lists the requirements."
  fi
done
[ -z "$missing" ] || refuse "$missing"

signed_in=$(az account show --query user.type --output tsv 2>/dev/null) \
  || refuse "You are not signed in. Run az login, then az account set --subscription NAME."

if [ -z "$package" ]; then
  rm -rf artifacts/app artifacts/app.zip
  dotnet publish src/OnrampFunctions --configuration Release --runtime linux-x64 --no-self-contained \
    --output artifacts/app
  # The dot includes the hidden folder in which the host looks for the functions.
  (cd artifacts/app && zip --quiet --recurse-paths ../app.zip .)
  package=artifacts/app.zip
fi

if [ "${SECRETS:-set}" != keep ] && [ -z "${AZURE_PRINCIPAL_ID:-}" ] && [ "$signed_in" = user ]; then
  AZURE_PRINCIPAL_ID=$(az ad signed-in-user show --query id --output tsv)
  export AZURE_PRINCIPAL_ID
fi

bash infra/scripts/providers.sh
if [ "$(az group exists --name "$group")" != true ]; then
  az group create --name "$group" --location "$region" --output none
fi
echo "Deploying the resources to $group. This takes some minutes."
az deployment group create --name onramp-cancel --resource-group "$group" --parameters "$parameters" --output none

# Exports the outputs as azd does for its hooks. Azure returns their names in another case.
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
