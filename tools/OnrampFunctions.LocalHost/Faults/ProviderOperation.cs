namespace OnrampFunctions.LocalHost.Faults;

/// <summary>The provider's calls that concern one order.</summary>
public enum ProviderOperation
{
    /// <summary><c>cancelOrder</c>.</summary>
    Cancel,

    /// <summary><c>getOrder</c>.</summary>
    Get,
}
