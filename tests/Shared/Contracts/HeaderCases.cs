namespace Onramp.Testing.Contracts;

/// <summary>Content types and encodings of a body: JSON with any charset, and no compression.</summary>
internal static class HeaderCases
{
    public static TheoryData<string> JsonTypes =>
        [
            "application/json",
            "application/json; charset=utf8", // [Particular/ServiceControl#338], [creachadair/jrpc2#111]
            "application/json;charset=UTF-8", // [bestarch-ae/cacherpc#118]
            "application/json;", // [keotl/jivago#92], [DLTcollab/tangle-accelerator#510]
            "application/json; encoding=utf8", // [keotl/jivago#92]
            "application/json; charset: UTF-8", // [avast/grpc-json-bridge#19]
            "application/json; charset=utf-8; charset=utf8",
            "application/json; charset=\"utf-8",
            "application/json; charset='UTF8'",
            "application/json; charset=",
            "application/json; charset=utf-16", // RFC 8259, section 8.1: JSON between systems is UTF-8
            "application/json; charset=ISO-8859-1",
            "application/json; odata.metadata=minimal; charset=cp1252",
            "application/json;;",
            "application/json ; charset=utf-8",
            "APPLICATION/Json; CharSet=Utf8",
        ];

    public static TheoryData<string> OtherTypes =>
        [
            "",
            ";",
            "; charset=utf-8",
            "*/*",
            "json",
            "nonsense",
            "text/plain", // what a page of another site may send without asking first
            "text/plain; x=application/json",
            "multipart/form-data; boundary=application/json",
            "application/x-www-form-urlencoded",
            "text/json",
            "application/jsonx",
            "application/json5",
            "application/problem+json",
            "application/json/",
            "application /json",
            "application/json charset=utf-8",
            "application/json,application/json",
            "text/plain,application/json;",
        ];

    public static TheoryData<string> NoEncodings => ["", "identity", "Identity", "identity, identity", " identity ,"];

    public static TheoryData<string> OtherEncodings =>
        [
            "gzip", // [HarperFast/harper#1438], [anna-is-cute/paste#233], [google/certificate-transparency#1109]
            "GZip",
            "x-gzip",
            "deflate",
            "br",
            "zstd", // [QuantumNous/new-api#4913]
            "identity, gzip",
            "gzip,identity",
            "utf-8",
            "identity;q=1",
        ];

    /// <summary>Method, address, value of Allow.</summary>
    public static TheoryData<string, string, string> OtherMethods =>
        new()
        {
            { "GET", "/api/orders/cancel", "POST, OPTIONS" },
            { "PUT", "/api/orders/cancel", "POST, OPTIONS" },
            { "DELETE", "/api/orders/cancel", "POST, OPTIONS" },
            { "POST", "/api/orders/1443/timeout", "PUT, GET, HEAD, DELETE" },
            { "DELETE", "/api/orders/1443/outcomes", "GET, HEAD" },
            { "DELETE", "/api/requests/1", "GET, HEAD" },
            { "POST", "/api/health", "GET, HEAD" },
        };
}
