#!/usr/bin/env bash
# Tries an update and its rollback: builds another release and lets it and this one read what the other has written,
# each with the settings of the other.
#
#   eng/rollback.sh [COMMIT]   the other release; default: the newest tag, or else the commit before this one
set -euo pipefail
cd "$(dirname "$0")/.."

other=${1:-$(git describe --tags --abbrev=0 2>/dev/null || git rev-parse HEAD^)}
folder=$(mktemp -d)
trap 'git worktree remove --force "$folder/source" 2>/dev/null; rm -rf "$folder"' EXIT

echo "Building the other release: $(git log -1 --format='%h %s' "$other")"
git worktree add --quiet --detach "$folder/source" "$other"
# The declarations of the Service Bus trigger are enough here: the tests have a host of their own.
dotnet build "$folder/source/src/OnrampFunctions" --nologo -v quiet -o "$folder/app"
dotnet build "$folder/source/tests/Programs/QueueWorker" --nologo -v quiet -o "$folder/queue-worker"
cp "$folder/source/local.settings.sample.json" "$folder/"

echo "Running each release with what the other has left"
TEST_TIME_LIMIT=0 OTHER_RELEASE="$folder" \
  dotnet test --project tests/OnrampFunctions.Tests -- --filter-class '*RollbackTests'
