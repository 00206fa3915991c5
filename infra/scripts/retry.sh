# Sourced. try_again PATTERN COMMAND...: runs the command again while it fails with an error that may pass by itself,
# and only then; its errors are in $error.
try_again() {
  local passing=$1 try
  shift
  for ((try = 1; try <= ${RETRIES:-10}; try++)); do
    if error=$("$@" 2>&1 >/dev/null); then
      return 0
    fi
    if ! grep --quiet --extended-regexp "$passing" <<<"$error"; then
      return 1
    fi
    echo "$(grep --extended-regexp --max-count=1 "$passing" <<<"$error" | cut -c 1-160): trying again in ${RETRY_SECONDS:-30} s." >&2
    sleep "${RETRY_SECONDS:-30}"
  done
  return 1
}
