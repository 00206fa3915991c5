#!/usr/bin/env bash
# Changes a folder of the core in every way that Stryker knows, and prints the changes that no test of the core notices:
# eng/mutation.sh Outcomes
# It works on a copy of the last commit, and takes half an hour and more: the tests run again for each change.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-}
if [ -z "$folder" ] || [ ! -d "src/Onramp.Cancellation/$folder" ]; then
  echo "Name a folder of src/Onramp.Cancellation, for example: eng/mutation.sh Outcomes" >&2
  exit 2
fi

copy=$(mktemp -d)
trap 'git worktree remove --force "$copy/source" 2>/dev/null; rm -rf "$copy"' EXIT
git worktree add --quiet --detach "$copy/source" HEAD
cd "$copy/source"
dotnet tool restore >/dev/null
cd tests/Onramp.Cancellation.Tests

# Stryker needs a direct reference to the changed project. Tests of documents and of generated clients take most of the
# time and notice nothing here.
core=../../src/Onramp.Cancellation/Onramp.Cancellation.csproj
sed -i.old 's|^</Project>|<ItemGroup><ProjectReference Include="'"$core"'" />\
<Compile Remove="GeneratedClients/**;*DocumentTests.cs;LayoutTests.cs;RealNetworkTests.cs" /></ItemGroup>\
</Project>|' Onramp.Cancellation.Tests.csproj
echo '{ "stryker-config": { "project": "Onramp.Cancellation.csproj", "coverage-analysis": "off" } }' \
  >stryker-config.json
TEST_TIME_LIMIT=0 dotnet stryker --test-runner mtp --target-framework net10.0 --mutate "**/$folder/*.cs" \
  --concurrency "$(nproc)" --reporter cleartext --reporter progress --skip-version-check
