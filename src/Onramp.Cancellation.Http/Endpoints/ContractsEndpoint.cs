using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Onramp.Cancellation.Http.Answers;
using Onramp.Cancellation.Http.Contracts;
using Onramp.Cancellation.Http.Reading;

namespace Onramp.Cancellation.Http.Endpoints;

/// <summary>
/// <c>GET /api/openapi.json</c>, <c>GET /api/asyncapi.json</c> and <c>GET /api/schemas/{name}</c>: returns the
/// contracts.
/// </summary>
internal static class ContractsEndpoint
{
    public static IResult OpenApi() => Document(ContractDocuments.OpenApi);

    public static IResult AsyncApi() => Document(ContractDocuments.AsyncApi);

    public static IResult Schema(ApiCall call) =>
        call.Context.GetRouteValue("name") is string name && ContractDocuments.SchemaNames.Contains(name)
            ? new ApiResult(StatusCodes.Status200OK, "application/schema+json", ContractDocuments.ReadSchema(name))
            : Problems.SchemaNotFound();

    private static ApiResult Document(ReadOnlyMemory<byte> document) =>
        new(StatusCodes.Status200OK, "application/json", document);
}
