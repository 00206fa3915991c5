#!/usr/bin/env bash
# Builds the package that is deployed, artifacts/app.zip: for the platform's runtime, compiled ahead of time.
set -euo pipefail
cd "$(dirname "$0")/../.."
rm -rf artifacts/app artifacts/app.zip
dotnet publish src/OnrampFunctions --configuration Release --runtime linux-x64 --no-self-contained \
  --output artifacts/app
# The dot includes the hidden folder in which the host looks for the functions.
(cd artifacts/app && zip --quiet --recurse-paths ../app.zip .)
