# To be sourced. retry PATTERN COMMAND...: runs the command, and again while it fails with an error that matches the
# pattern. Its errors are in $error.
retry() {
  local transient=$1 try reason
  shift
  for ((try = 1; try <= ${RETRIES:-10}; try++)); do
    if error=$("$@" 2>&1 >/dev/null); then
      return 0
    fi
    if ! grep --quiet --extended-regexp "$transient" <<<"$error"; then
      return 1
    fi
    reason=$(grep --extended-regexp --max-count=1 "$transient" <<<"$error" | cut -c 1-160)
    echo "$reason: retrying in ${RETRY_SECONDS:-30} s." >&2
    sleep "${RETRY_SECONDS:-30}"
  done
  return 1
}
