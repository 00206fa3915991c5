#!/usr/bin/env bash
# Signs a request and prints the three headers. They are valid for five minutes and for this request only:
#   body='{"orderId":"1443"}'
#   samples/sign.sh "$body" | curl -i http://localhost:7071/api/orders/cancel -H @- \
#     -H 'Content-Type: application/json' -d "$body"
# At every other endpoint the signature also covers method, path and query. The body of a request without one is empty:
#   samples/sign.sh '{"after":"PT30M"}' PUT /api/orders/1443/timeout
#   samples/sign.sh '' DELETE /api/orders/1443/timeout
# WEBHOOK_ID      the request id (default: a new one)
# WEBHOOK_SECRET  the caller's secret (default: that of the local host, which is public). openssl shows it in the list
#                 of processes.
set -euo pipefail

if [ $# -ne 1 ] && [ $# -ne 3 ]; then
  echo 'Usage: samples/sign.sh BODY [METHOD PATH]' >&2
  exit 2
fi

body=$1
target=${2:+"$2 $3."}
id=${WEBHOOK_ID:-msg_$(openssl rand -hex 12)}
secret=${WEBHOOK_SECRET:-whsec_bG9jYWwgc2VjcmV0IG9mIHRoZSBzaG9wIQ==}
timestamp=$(date +%s)

key=$(printf %s "${secret#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
if [ ${#key} -lt 48 ]; then
  echo 'WEBHOOK_SECRET must be whsec_ and at least 24 bytes in base64.' >&2
  exit 2
fi
signature=$(printf %s "$id.$timestamp.$target$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)
printf '%s: %s\n' webhook-id "$id" webhook-timestamp "$timestamp" webhook-signature "v1,$signature"
