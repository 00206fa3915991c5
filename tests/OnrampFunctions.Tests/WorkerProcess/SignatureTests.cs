using System.Net;

namespace OnrampFunctions.Tests.WorkerProcess;

/// <summary>
/// Callers that sign with Standard Webhooks, with the real worker. The host and the platform do not break the signature
/// of a request.
/// </summary>
public sealed class SignatureTests(Platform platform)
{
    /// <summary>The part of a correctly signed request that is changed afterwards.</summary>
    private static readonly Dictionary<string, Func<SignedRequest, SignedRequest>> Changes = new()
    {
        ["the id"] = static request => request with { Id = request.Id + "-2" },
        ["the time"] = static request => request with { Timestamp = request.Timestamp + 1 },
        ["the body"] = static request => request with { Body = request.Body + " " },
        ["the signature"] = static request =>
            request with
            {
                Signature = request.Signature[..^2] + (request.Signature[^2] == 'A' ? "E=" : "A="),
            },
        ["the version"] = static request =>
            request with
            {
                Signature = request.Signature.Replace("v1,", "v1a,", StringComparison.Ordinal),
            },
        ["the secret"] = static request =>
            SigningShop.Sign(SigningShop.OtherSecret, request.Id, request.Timestamp, request.Body),
        ["a time that is long ago"] = static request =>
            SigningShop.Sign(SigningShop.Secret, request.Id, request.Timestamp - 360, request.Body),
        ["a time that is far ahead"] = static request =>
            SigningShop.Sign(SigningShop.Secret, request.Id, request.Timestamp + 360, request.Body),
    };

    public static TheoryData<string> Changed => [.. Changes.Keys];

    [Theory]
    [InlineData("webhook-id", "webhook-timestamp", "webhook-signature")]
    [InlineData("Webhook-Signature", "Webhook-Timestamp", "Webhook-Id")]
    public async Task A_signed_request_has_the_name_of_its_caller_in_any_order_of_the_headers(params string[] order)
    {
        var request = Request();
        var answer = await platform.Shared.PostAsync(
            "/api/orders/cancel",
            request.Body,
            [.. order.Select(name => (name, request.Headers[name]))]
        );

        Assert.Equal(
            (HttpStatusCode.OK, "cancelled", request.Id),
            (answer.Status, answer.Text("outcome"), answer.Text("requestId"))
        );
        Assert.Contains(
            "\"caller\":\"shop\"",
            (await platform.Bus.OutcomeAsync(request.Id)).Body.ToString(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [MemberData(nameof(Changed))]
    public async Task Cannot_send_a_request_of_which_one_part_was_changed(string part)
    {
        var request = Changes[part](Request());
        var answer = await platform.Shared.PostAsync(
            "/api/orders/cancel",
            request.Body,
            [.. request.Headers.Select(static header => (header.Key, header.Value))]
        );

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid-signature"), (answer.Status, answer.Problem));
        Assert.Contains("WWW-Authenticate", answer.Headers.Keys);
        Assert.Equal(0, platform.Local.Simulator.Order(OrderOf(request.Body)).CancelCalls);
    }

    /// <summary>A request for a new order, signed now.</summary>
    private SignedRequest Request()
    {
        var order = platform.Order().OrderId;
        return SigningShop.Sign(
            SigningShop.Secret,
            $"signed-{order}",
            TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
            $$"""{"orderId":"{{order}}"}"""
        );
    }

    private static string OrderOf(string body) => body.Split('"')[3];
}
