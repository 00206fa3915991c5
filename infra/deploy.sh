#!/usr/bin/env bash
# Deploys or updates the service in Azure: resources, then secrets, then code. Then it checks the health of the app.
#
# Usage: infra/deploy.sh dev|prod|standby [region]
#
# region              region of a new resource group (westeurope)
#
# Environment variables:
# ALERT_EMAIL         email address for alerts, or none (required)
# ALERT_ACTION_GROUP  id of an existing action group that receives alerts too, such as that of a pager (none)
# ONRAMP_API_KEY      API key, with ONRAMP_API_SECRET; the script asks for them if the vault does not have them yet
# RESOURCE_GROUP      resource group (rg-onramp-cancel-<environment>)
# PRIMARY_TOKEN       last 13 characters of the name of the vault in prod (required for standby)
# PACKAGE             zip file of the published app, relative to the repository; built by the script if this is not set
# PACKAGE_SHA256      digest that PACKAGE must have (not checked)
# SECRET_DAYS         days until a new secret expires, 0 for never (365)
# AZURE_PRINCIPAL_ID  object id of the deployer, if az may not look it up (a service principal)
# SECRETS             keep: only check that the secrets exist, for a deployer without access to the vault (set)
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
tools='az curl openssl'
[ -n "$package" ] || tools="$tools dotnet zip"
for tool in $tools; do
  if ! command -v "$tool" >/dev/null; then
    missing="$missing${missing:+$'\n'}Install $tool first. infra/README.md lists the requirements."
  fi
done
[ -z "$missing" ] || refuse "$missing"
[ -z "${PACKAGE_SHA256:-}" ] || [ -n "$package" ] || refuse "PACKAGE_SHA256 is the digest of PACKAGE: set both."
[ -z "${PACKAGE_SHA256:-}" ] || echo "$PACKAGE_SHA256  $package" | sha256sum --check --status 2>/dev/null \
  || refuse "The package $package does not have the digest $PACKAGE_SHA256."

bash infra/scripts/signed-in.sh || exit 2
exists=$(az group exists --name "$group")
if [ "$exists" = true ]; then
  region=$(az group show --name "$group" --query location --output tsv)
fi
zones=$(sed -n 's/^param zoneRedundant = //p' "$parameters")
bash infra/scripts/region.sh "$region" "${zones:-false}" || exit 2

if [ -z "$package" ]; then
  bash infra/scripts/package.sh
  package=artifacts/app.zip
fi

bash infra/scripts/providers.sh
if [ "$exists" != true ]; then
  az group create --name "$group" --location "$region" --output none
fi
echo "Deploying the resources to $group. This takes some minutes."
az deployment group create --name onramp-cancel --resource-group "$group" --parameters "$parameters" --output none

# Exports the outputs as azd does for its hooks. Azure returns their names in another case. Tabs are replaced because
# bash takes several of them for one, and an output may be empty.
{
  IFS=$'\037' read -ra names
  IFS=$'\037' read -ra values
} < <(az deployment group show --name onramp-cancel --resource-group "$group" \
  --query '[keys(properties.outputs), values(properties.outputs)[].value]' --output tsv | tr '\t' '\037')
for i in "${!names[@]}"; do
  export "$(tr '[:lower:]' '[:upper:]' <<<"${names[$i]}")=${values[$i]:-}"
done

bash infra/scripts/release.sh "$package"

cat <<END
Deployed $AZURE_FUNCTION_APP_NAME to $group.
Cancel:  $CANCEL_URL
Health:  $HEALTH_URL
Key:     az functionapp keys list --resource-group $group --name $AZURE_FUNCTION_APP_NAME --query functionKeys.default --output tsv
END
