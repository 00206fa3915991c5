using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceBusEmulator.Configuration;

// The file belongs to another program: unknown properties are ignored.
[JsonSourceGenerationOptions(
    PropertyNameCaseInsensitive = true,
    AllowTrailingCommas = true,
    ReadCommentHandling = JsonCommentHandling.Skip
)]
[JsonSerializable(typeof(EmulatorConfigDocument))]
internal sealed partial class EmulatorConfigJsonContext : JsonSerializerContext;
