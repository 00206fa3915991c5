#!/usr/bin/env bash
# What follows the deployment of the resources, for deploy.sh and for azd: secrets, code, health, roles.
# release.sh [PACKAGE] builds the package if none is given. The outputs of the deployment are in the environment.
set -euo pipefail
package=${1:-}
cd "$(dirname "$0")/../.."

if [ -z "$package" ]; then
  bash infra/scripts/package.sh
  package=artifacts/app.zip
fi
bash infra/scripts/secrets.sh
bash infra/scripts/code.sh "$package"
bash infra/scripts/health.sh
# Last, because a new role takes minutes to take effect, and the app needs the one that it replaces until then.
bash infra/scripts/tighten.sh
