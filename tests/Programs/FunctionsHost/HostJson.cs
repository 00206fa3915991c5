using System.Text.Json.Serialization;

namespace FunctionsHost;

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class HostJson : JsonSerializerContext;
