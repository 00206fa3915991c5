namespace OnrampFunctions.LocalHost.Faults;

/// <summary>
/// Error texts of <see cref="FaultKind.OddWords"/> and <see cref="FaultKind.Http400Words"/>, as JSON. The vendor lists
/// none; these were observed from providers and their libraries, and some are invented.
/// </summary>
internal static class FaultWords
{
    /// <summary>Texts, and values other than texts. None of them is about the order.</summary>
    public static IReadOnlyList<string> Odd { get; } =
    [
        "\"IP not whitelisted\"", // ccxt/ccxt#12526
        "\"Merchant account suspended\"",
        "\"Authentication failed\"",
        "\"Invalid HMAC\"",
        "\"Request limit reached\"",
        "\"Network Error\"",
        "\"read ECONNRESET\"",
        "\"Cannot read properties of undefined\"",
        "\"Error\"",
        "\"\\u0000\"",
        "\"\"",
        "500",
        "null",
        "{}",
        "\"E1043\"",
        "\"Oops\"",
        "\"Please contact support\"",
        "\"Denied by policy 7\"",
        "\"操作失败\"",
        "\"Vorgang abgebrochen\"",
    ];

    /// <summary>Texts that contradict their code: the request is valid.</summary>
    public static IReadOnlyList<string> UnderRefusal { get; } =
    [
        "\"Invalid signature\"", // knowm/XChange#247, ccxt/ccxt#19966
        "\"Too many requests, please try again later\"",
        "\"Internal server error\"",
        "\"Ahead of Time\"",
        "\"IP not whitelisted\"",
        "\"Request limit reached\"",
        "\"read ECONNRESET\"",
    ];

    /// <summary>Picks one by a draw between 0 and 1.</summary>
    public static T Pick<T>(this IReadOnlyList<T> words, double draw) => words[(int)(draw * words.Count)];
}
