namespace Onramp.Cancellation.Configuration;

/// <summary>
/// A section about security, of which no setting may be empty: the default could be less strict than what was meant.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NeverEmptyAttribute : Attribute;
