#!/usr/bin/env bash
# Waits until the app says that it can work: that it runs, and has read its secrets. HEALTH_URL: an output of the
# deployment.
set -euo pipefail

deadline=$((SECONDS + ${HEALTH_SECONDS:-300}))
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
while true; do
  # The first request starts an instance: a cold start, and up to 20 s for the secrets.
  status=$(curl --silent --show-error --max-time 60 --output "$answer" --write-out '%{http_code}' "$HEALTH_URL" || true)
  if [ "$status" = 200 ]; then
    echo "The app is well: $HEALTH_URL"
    exit 0
  fi
  if [ "$SECONDS" -ge "$deadline" ]; then
    break
  fi
  sleep "${RETRY_SECONDS:-10}"
done

{
  echo "$HEALTH_URL does not answer 200 but ${status:-nothing}: $(head -c 500 "$answer")"
  case $status in
    404) echo "The platform has found no functions in the package: was it made from the published folder, with .azurefunctions in it?" ;;
    500 | 502 | 503) echo "The worker does not start or has no secrets: its last line names the vault, the secret or the setting. See cancel-worker-down in infra/README.md." ;;
    403) echo "This machine may not reach the app: try again from inside its virtual network." ;;
    *) echo "Is this machine connected, and may it reach the app?" ;;
  esac
} >&2
exit 1
