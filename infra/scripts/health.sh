#!/usr/bin/env bash
# Waits until the app is healthy, which means that it runs and has read its secrets. HEALTH_URL is an output of the
# deployment.
set -euo pipefail

deadline=$((SECONDS + ${HEALTH_SECONDS:-300}))
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
while true; do
  # The first request starts an instance, with a cold start and up to 20 s for reading the secrets.
  status=$(curl --silent --show-error --max-time 60 --output "$answer" --write-out '%{http_code}' "$HEALTH_URL" || true)
  if [ "$status" = 200 ]; then
    echo "The app is healthy: $HEALTH_URL"
    exit 0
  fi
  if [ "$SECONDS" -ge "$deadline" ]; then
    break
  fi
  sleep "${RETRY_SECONDS:-10}"
done

{
  echo "$HEALTH_URL returned ${status:-nothing} instead of 200: $(head -c 500 "$answer")"
  case $status in
    404)
      echo "The platform found no functions in the package. Zip the published folder with .azurefunctions."
      ;;
    500 | 502 | 503)
      echo "The worker does not start or has no secrets. Its last log line names the vault, the secret or the setting."
      echo "See cancel-worker-down in infra/README.md."
      ;;
    403) echo "This machine may not reach the app. Try again from inside its virtual network." ;;
    *) echo "Check that this machine is connected and may reach the app." ;;
  esac
} >&2
exit 1
