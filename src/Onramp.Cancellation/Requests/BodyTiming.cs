namespace Onramp.Cancellation.Requests;

/// <summary>Whether a body says when: by <c>after</c> or <c>at</c>.</summary>
public enum BodyTiming
{
    /// <summary>They do not belong here.</summary>
    None,

    /// <summary>It may have one of them.</summary>
    Optional,

    /// <summary>It must have one of them.</summary>
    Required,
}
