using System.Text.Json.Serialization;

namespace OnrampFunctions.LocalHost.Hosting;

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(LocalSettingsFile))]
internal sealed partial class LocalSettingsFileJson : JsonSerializerContext;
