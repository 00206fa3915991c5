using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceBusEmulator.Configuration;

// The file belongs to another program: what that knows besides is passed over.
[JsonSourceGenerationOptions(
    PropertyNameCaseInsensitive = true,
    AllowTrailingCommas = true,
    ReadCommentHandling = JsonCommentHandling.Skip
)]
[JsonSerializable(typeof(EmulatorConfigDocument))]
internal sealed partial class EmulatorConfigJsonContext : JsonSerializerContext;
