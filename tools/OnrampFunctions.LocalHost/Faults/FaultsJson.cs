using System.Text.Json;
using System.Text.Json.Serialization;

namespace OnrampFunctions.LocalHost.Faults;

/// <summary>The document about faults.</summary>
/// <remarks>
/// The documents have setters: for init-only members the generated code would put null where a default belongs.
/// </remarks>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(FaultsDocument))]
internal sealed partial class FaultsJson : JsonSerializerContext;
