using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EmptyFunction;

/// <summary>Returns 200 and does nothing.</summary>
public static class Empty
{
    /// <summary>Has the address of a cancel, so that both apps get the same load.</summary>
    [Function("Empty")]
    public static IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "orders/cancel")] HttpRequest request
    ) => Results.Ok();
}
