#!/usr/bin/env bash
# Runs timeouts and the batched sender under many schedules of their tasks: eng/interleavings.sh [schedules] [part of a name]
# Coyote rewrites the assemblies, so that it decides which task goes on.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_ROLL_FORWARD=Major COYOTE_CLI_TELEMETRY_OPTOUT=1

dotnet tool restore >/dev/null
dotnet build tests/Interleavings -v q -nologo
cd tests/Interleavings/bin/Debug/net10.0
dotnet coyote rewrite rewrite.json >/dev/null
dotnet Interleavings.dll "$@" | grep -v '^\.\.\.'
