namespace Onramp.Cancellation.Requests;

/// <summary>Whether a body names a time, as <c>after</c> or <c>at</c>.</summary>
public enum BodyTiming
{
    /// <summary>Neither is allowed.</summary>
    None,

    /// <summary>One of them is allowed.</summary>
    Optional,

    /// <summary>One of them is required.</summary>
    Required,
}
