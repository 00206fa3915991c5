namespace Onramp.Cancellation.Configuration;

/// <summary>
/// A section about security, in which no setting may be empty: the default could be less strict than intended.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NeverEmptyAttribute : Attribute;
