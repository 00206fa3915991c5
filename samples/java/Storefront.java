import java.io.IOException;
import java.net.URI;
import java.net.http.*;
import java.time.Duration;
import java.util.Optional;

/** A storefront backend: it arms a timeout for the first order and disarms it, and cancels all orders.
    java samples/java/Storefront.java 1443 1444 999999 */
class Storefront {
    static final String SERVICE = System.getenv().getOrDefault("CANCEL_URL", "http://localhost:7071");
    static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    public static void main(String[] args) throws InterruptedException {
        var orders = args.length > 0 ? args : new String[] {"1443", "1444", "999999"};
        // The customer has half an hour to pay. Both requests may be repeated: a caller has one timeout on an order.
        var path = "/api/orders/" + orders[0] + "/timeout";
        var armed = send("PUT", path, "{\"after\":\"PT30M\"}", null);
        System.out.println(orders[0] + ": timeout " + field(armed, "state").or(() -> field(armed, "type")).orElse(""));
        System.out.println(orders[0] + ": timeout " + field(send("DELETE", path, "", null), "type").orElse("disarmed"));

        for (var order : orders) {
            // One key for each decision to cancel. Store it with the order before the first request.
            var result = send("POST", "/api/orders/cancel", "{\"orderId\":\"" + order + "\"}", "cancel-" + order);
            var state = field(result, "orderStatus").orElse("unknown");
            System.out.println(order + ": " + switch (field(result, "outcome").orElse("")) {
                case "cancelled" -> "cancelled";
                case "not_cancellable" -> "too late, its state is " + state + ": refund it instead";
                case "not_found" -> "unknown to Onramp: check the number";
                case "rejected" -> "refused: " + result;
                case "failed" -> "not known yet: try again later, with the same key";
                default -> "wrong request: " + result;
            });
        }
    }

    /** Repeats a request that got 429, 5xx or no response. That is safe: with the same key it is done once. */
    static String send(String method, String path, String body, String key) throws InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(SERVICE + path)).timeout(Duration.ofSeconds(30))
            .method(method, HttpRequest.BodyPublishers.ofString(body)).header("Content-Type", "application/json")
            .header("x-functions-key", System.getenv().getOrDefault("CANCEL_KEY", ""));
        if (key != null) request.header("Idempotency-Key", key);
        for (var attempt = 1; ; attempt++) {
            var wait = 5L;
            try {
                var response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() != 429 && response.statusCode() < 500) return response.body();
                wait = response.headers().firstValueAsLong("Retry-After").orElse(wait);
            } catch (IOException noResponse) { } // The request may have been carried out.
            if (attempt == 5) return "{\"outcome\":\"failed\",\"type\":\"not known yet\"}";
            Thread.sleep(wait * 1000);
        }
    }

    // A field of a flat JSON object. A real program uses a JSON library.
    static Optional<String> field(String json, String name) {
        var found = java.util.regex.Pattern.compile("\"" + name + "\":\"?([^\",}]*)").matcher(json);
        return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }
}
