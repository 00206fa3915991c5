using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace EmptyFunction;

/// <summary>Answers 200 and does nothing.</summary>
public static class Empty
{
    /// <summary>At the address of a cancel, so that the same load goes to both.</summary>
    [Function("Empty")]
    public static IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "orders/cancel")] HttpRequest request
    ) => Results.Ok();
}
