#!/usr/bin/env bash
# Compares the packages of a publish with the lock file in the repository. The lock file belongs to the build with the
# declarations, so a publish for one runtime cannot be restored in locked mode: it has the package that they replace.
# Run it after infra/scripts/package.sh. Other versions or contents are an error; additional packages are listed.
set -euo pipefail
cd "$(dirname "$0")/../src/OnrampFunctions"

# Every line is a name, a version and a hash.
packages() {
  jq --raw-output '.dependencies[] | to_entries[] | select(.value.contentHash)
    | "\(.key) \(.value.resolved) \(.value.contentHash)"' "$1" | sort --unique
}

locked=$(packages packages.lock.json)
published=$(packages obj/packages.lock.json)
names=$(cut -d ' ' -f 1 <<<"$locked" | sort --unique)
changed=
while read -r name version _; do
  if grep --quiet --line-regexp --fixed-strings "$name" <<<"$names"; then
    echo "$name $version is not the package of the lock file." >&2
    changed=yes
  elif [ -n "$name" ]; then
    echo "Not in the lock file: $name $version"
  fi
done < <(comm -13 <(echo "$locked") <(echo "$published"))
[ -z "$changed" ]
