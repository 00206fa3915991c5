namespace Onramp.Cancellation.Configuration;

/// <summary>
/// A section about security, in which every name must be known and no setting may be empty: the default could be less
/// strict than intended.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class StrictSettingsAttribute : Attribute;
