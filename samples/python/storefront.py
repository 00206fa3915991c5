"""A storefront backend: it arms a timeout for the first order and disarms it, and cancels all orders.

    python3 samples/python/storefront.py 1443 1444 999999
"""

import json
import os
import sys
import time
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

SERVICE = os.environ.get("CANCEL_URL", "http://localhost:7071")
HEADERS = {"Content-Type": "application/json", "x-functions-key": os.environ.get("CANCEL_KEY", "")}
ADVICE = {
    "cancelled": "cancelled",
    "not_cancellable": "too late, its state is {orderStatus}: refund it instead",
    "not_found": "unknown to Onramp: check the number",
    "rejected": "refused: {detail}",
    "failed": "not known yet: try again later, with the same key",
}


def send(method, path, body=None, key=None):
    """Repeats a request that got 429, 5xx or no response. That is safe: with the same key it is done once."""
    data = json.dumps(body).encode() if body else None
    headers = HEADERS | ({"Idempotency-Key": key} if key else {})
    for attempt in range(1, 6):
        wait = 5
        try:
            with urlopen(Request(SERVICE + path, data, headers, method=method), timeout=30) as response:
                return json.loads(response.read() or "{}")
        except HTTPError as error:
            if error.code != 429 and error.code < 500:
                return json.loads(error.read() or "{}")
            wait = int(error.headers.get("Retry-After", wait))
        except (OSError, HTTPException):
            pass  # No response: the request may have been carried out.
        if attempt < 5:
            time.sleep(wait)
    return {"outcome": "failed", "type": "not known yet"}


orders = sys.argv[1:] or ["1443", "1444", "999999"]

# The customer has half an hour to pay. Both requests may be repeated: a caller has one timeout on an order.
armed = send("PUT", f"/api/orders/{orders[0]}/timeout", {"after": "PT30M"})
print(f"{orders[0]}: timeout {armed.get('state') or armed.get('type')}")
disarmed = send("DELETE", f"/api/orders/{orders[0]}/timeout")
print(f"{orders[0]}: timeout {disarmed.get('type', 'disarmed')}")

for order in orders:
    # One key for each decision to cancel. Store it with the order before the first request.
    result = send("POST", "/api/orders/cancel", {"orderId": order}, key=f"cancel-{order}")
    advice = ADVICE.get(result.get("outcome"), "wrong request: {type} {detail}")
    print(f"{order}: {advice.format_map({'type': '', 'detail': ''} | result)}")
