using System.Text.Json;
using System.Text.Json.Serialization;

namespace OnrampFunctions.Local;

// The documents have setters: for init-only members the generated code would put null where a default belongs.
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OrderRequest))]
[JsonSerializable(typeof(OrderView))]
[JsonSerializable(typeof(OrderView[]))]
[JsonSerializable(typeof(FaultsDocument))]
[JsonSerializable(typeof(VaultRequest))]
[JsonSerializable(typeof(VaultView))]
[JsonSerializable(typeof(ErrorView))]
internal sealed partial class LocalJsonContext : JsonSerializerContext;
