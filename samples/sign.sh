#!/usr/bin/env bash
# Signs a body by Standard Webhooks, as of now, and prints the three headers. They are good for five minutes and for this body, byte for byte:
#   body='{"orderId":"1443"}'
#   samples/sign.sh "$body" | curl -i http://localhost:7071/api/orders/cancel -H @- -H 'Content-Type: application/json' -d "$body"
# WEBHOOK_ID      the request's id (a new one)
# WEBHOOK_SECRET  the caller's secret (that of the local host, which is no secret: openssl shows it to whoever lists this machine's processes)
set -euo pipefail

if [ $# -ne 1 ]; then
  echo 'Usage: samples/sign.sh BODY' >&2
  exit 2
fi

body=$1
id=${WEBHOOK_ID:-msg_$(openssl rand -hex 12)}
secret=${WEBHOOK_SECRET:-whsec_bG9jYWwgc2VjcmV0IG9mIHRoZSBzaG9wIQ==}
timestamp=$(date +%s)

key=$(printf %s "${secret#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
signature=$(printf %s "$id.$timestamp.$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)
printf '%s: %s\n' webhook-id "$id" webhook-timestamp "$timestamp" webhook-signature "v1,$signature"
