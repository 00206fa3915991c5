using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Made;

/// <summary>
/// Lets the client with System.Text.Json read JSON by reflection, which is the default for its users and is switched
/// off in this process.
/// </summary>
public partial class CancellationClient
{
    static partial void UpdateJsonSerializerSettings(JsonSerializerOptions settings) =>
        settings.TypeInfoResolver = new DefaultJsonTypeInfoResolver();
}
