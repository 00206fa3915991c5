using System.Text.Json;
using System.Text.Json.Serialization;

namespace OnrampFunctions.LocalHost.Hosting;

/// <summary>Every document that this host reads or writes.</summary>
/// <remarks>
/// The documents that it reads have setters: for init-only members the generated code would put null where a default
/// belongs.
/// </remarks>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(FaultsDocument))]
[JsonSerializable(typeof(FaultsChange))]
[JsonSerializable(typeof(OrderRequest))]
[JsonSerializable(typeof(OrderChange))]
[JsonSerializable(typeof(OrderView))]
[JsonSerializable(typeof(OrderView[]))]
[JsonSerializable(typeof(VaultRequest))]
[JsonSerializable(typeof(VaultView))]
[JsonSerializable(typeof(IdentityToken))]
[JsonSerializable(typeof(LocalSettingsFile))]
[JsonSerializable(typeof(HelloView))]
[JsonSerializable(typeof(WaitingSummary))]
[JsonSerializable(typeof(PulseView))]
[JsonSerializable(typeof(OrdersView))]
[JsonSerializable(typeof(QueueView))]
[JsonSerializable(typeof(OutcomesView))]
[JsonSerializable(typeof(TallyView))]
[JsonSerializable(typeof(CallsView))]
[JsonSerializable(typeof(MetricsView))]
[JsonSerializable(typeof(OrderHistoryView))]
[JsonSerializable(typeof(RequestHistoryView))]
[JsonSerializable(typeof(FoundRequestsView))]
[JsonSerializable(typeof(VaultStateView))]
internal sealed partial class LocalJsonContext : JsonSerializerContext;
