namespace OnrampFunctions.LocalHost.Simulator;

/// <summary>The provider's order states, as its documentation lists them.</summary>
public static class OrderStates
{
    public const int Cancelled = -3;
    public const int Failed = -1;
    public const int Waiting = 0;
    public const int Paid = 1;
    public const int Completed = 2;

    /// <summary>Whether the state exists.</summary>
    public static bool Exists(int status) => status is Cancelled or Failed or Waiting or Paid or Completed;

    /// <summary>The state as text.</summary>
    public static string Describe(int status) =>
        status switch
        {
            Cancelled => "cancelled",
            Failed => "failed",
            Waiting => "waiting for payment",
            Paid => "paid",
            Completed => "completed",
            _ => "unknown",
        };
}
