using System.Text.Json;
using System.Text.Json.Serialization;

namespace OnrampFunctions.LocalHost.Vault;

/// <summary>The documents about the vault.</summary>
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
[JsonSerializable(typeof(VaultRequest))]
[JsonSerializable(typeof(VaultView))]
[JsonSerializable(typeof(IdentityToken))]
internal sealed partial class VaultJson : JsonSerializerContext;
