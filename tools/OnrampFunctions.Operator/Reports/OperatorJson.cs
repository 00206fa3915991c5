using System.Text.Json.Serialization;

namespace OnrampFunctions.Operator.Reports;

/// <summary>Every document that <c>--json</c> writes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(CancelReport))]
[JsonSerializable(typeof(ChangeReport))]
[JsonSerializable(typeof(DeadLetterDetails))]
[JsonSerializable(typeof(DeadLetterList))]
[JsonSerializable(typeof(DisarmReport))]
[JsonSerializable(typeof(ObservedOutcome))]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(TimeoutList))]
internal sealed partial class OperatorJson : JsonSerializerContext;
