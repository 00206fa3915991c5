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
[JsonSerializable(typeof(FileCancelReport))]
[JsonSerializable(typeof(ObservedOutcome))]
[JsonSerializable(typeof(OrderResult))]
[JsonSerializable(typeof(OutcomeHistory))]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(TimeoutList))]
[JsonSerializable(typeof(TimeoutReport))]
internal sealed partial class OperatorJson : JsonSerializerContext;
