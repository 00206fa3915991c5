using System.Text.Json;
using System.Text.Json.Serialization;

namespace OnrampFunctions.LocalHost.Page;

/// <summary>What the page is told.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HelloView))]
[JsonSerializable(typeof(PulseView))]
[JsonSerializable(typeof(OrdersView))]
[JsonSerializable(typeof(QueueView))]
[JsonSerializable(typeof(OutcomesView))]
[JsonSerializable(typeof(TallyView))]
[JsonSerializable(typeof(CallsView))]
[JsonSerializable(typeof(MetricsView))]
internal sealed partial class PageJson : JsonSerializerContext;
