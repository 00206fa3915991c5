namespace Benchmarks;

/// <summary>The provider of the measurements: reads the request and says that order 1443 is cancelled.</summary>
internal static class Upstream
{
    private static readonly byte[] Cancelled =
        """{"status":1,"data":{"orderId":"1443","status":-3},"code":200}"""u8.ToArray();

    public static Task<int> RunAsync() =>
        Server.RunAsync(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = Cancelled.Length;
            await context.Response.BodyWriter.WriteAsync(Cancelled);
        });
}
