#!/usr/bin/env bash
# Brings the service up in Azure, or up to date: resources, then secrets, then code, then its own health.
#
# Usage: infra/deploy.sh dev|prod [region]
#
# region              where a new group is made (westeurope)
# and these variables:
# ALERT_EMAIL         who is told of alerts: an address, or none (required)
# ONRAMP_API_KEY      the provider's pair, with ONRAMP_API_SECRET; asked for when not given and not yet in the vault
# RESOURCE_GROUP      group to deploy to (rg-onramp-cancel-<environment>)
# PACKAGE             zip of the published app; built here when not given
# AZURE_PRINCIPAL_ID  object id of who sets the secrets (you, when a person is signed in), of the kind
#                     AZURE_PRINCIPAL_TYPE (User)
# SECRETS             keep: leave the vault alone, for a deployer that has no right to it (set)
set -euo pipefail

# What stands above, from the usage on.
usage() { sed -n '/^# Usage/,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0"; }

# Nothing is begun that would be left half done: says why, and ends.
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
[ -f "$parameters" ] || refuse "There is no $parameters."
[ -n "${ALERT_EMAIL:-}" ] || refuse "Set ALERT_EMAIL to the address that is told of alerts, or to none."
[ -z "$package" ] || [ -f "$package" ] || refuse "There is no package $package."
export ALERT_EMAIL

missing=
tools='az curl'
[ -n "$package" ] || tools="$tools dotnet zip"
for tool in $tools; do
  if ! command -v "$tool" >/dev/null; then
    missing="$missing${missing:+$'\n'}Install $tool first: infra/README.md says what is needed."
  fi
done
[ -z "$missing" ] || refuse "$missing"

signed_in=$(az account show --query user.type --output tsv 2>/dev/null) || refuse "Nobody is signed in: az login, then az account set --subscription NAME."

if [ -z "$package" ]; then
  rm -rf artifacts/app artifacts/app.zip
  dotnet publish src/OnrampFunctions --configuration Release --runtime linux-x64 --no-self-contained --output artifacts/app
  # The dot takes the hidden folder along in which the host looks for the functions.
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
