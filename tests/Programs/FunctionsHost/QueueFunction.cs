using System.Text.Json;
using FunctionsHost.Protocol;

namespace FunctionsHost;

/// <summary>A function with a Service Bus trigger, read from its raw bindings.</summary>
/// <param name="Id">Its id in the worker.</param>
/// <param name="Name">Its name.</param>
/// <param name="Parameter">The parameter that receives the message.</param>
internal sealed record QueueFunction(string Id, string Name, string Parameter)
{
    /// <summary>Selects the Service Bus functions of a worker.</summary>
    public static IReadOnlyList<QueueFunction> Of(IEnumerable<RpcFunctionMetadata> functions) =>
        [
            .. from function in functions
            from binding in function.RawBindings
            let raw = JsonDocument.Parse(binding).RootElement
            where raw.GetProperty("type").GetString() == "serviceBusTrigger"
            select new QueueFunction(function.FunctionId, function.Name, raw.GetProperty("name").GetString()!),
        ];
}
