namespace Onramp.Testing.Contracts;

/// <summary>Bodies that every level rejects, by HTTP or by message.</summary>
internal static class BodyCases
{
    public static TheoryData<string> NoJsonObject =>
        [
            "",
            "orderId=1443",
            "[]",
            "\"1443\"",
            "1443",
            "null",
            """["1443"]""",
            """{"orderId":"1443" """,
            """{"orderId":"1443"} x""",
            """{"orderId":"1443"}{"orderId":"1443"}""",
            "{'orderId':'1443'}",
            """{"orderId":"1443",}""",
            """{"reason":"\ud800","orderId":"1"}""",
            """{"orderId":""" + new string('[', 1500) + new string(']', 1500) + "}",
        ];

    /// <summary>The body and the pointers of its errors, in the reported order.</summary>
    public static TheoryData<string, string> WrongFields =>
        new()
        {
            { "{}", "#" },
            { """{"orderId":null}""", "#" },
            { """{"orderId":"1443","hash":"abc"}""", "#" },
            { """{"orderId":"1","orderId":"2"}""", "#/orderId" },
            { """{"orderId":""}""", "#/orderId" },
            { """{"orderId":"abc"}""", "#/orderId" },
            { """{"orderId":"01443"}""", "#/orderId" },
            { """{"orderId":"14 43"}""", "#/orderId" },
            { """{"orderId":"١٤٤٣"}""", "#/orderId" },
            { """{"orderId":"1443\u0000"}""", "#/orderId" },
            { """{"orderId":true}""", "#/orderId" },
            { """{"orderId":-1}""", "#/orderId" },
            { """{"orderId":1443.0}""", "#/orderId" },
            { """{"orderId":1e3}""", "#/orderId" },
            { """{"orderId":{"$ne":1}}""", "#/orderId" },
            { """{"orderId":"12345678901234567890"}""", "#/orderId" },
            { """{"hash":""}""", "#/hash" },
            { """{"hash":"a b"}""", "#/hash" },
            { """{"hash":"h\u00e4sh"}""", "#/hash" },
            { """{"hash":"\u202Eabc"}""", "#/hash" },
            { """{"orderId":"1","onlyIfUnpaid":"true"}""", "#/onlyIfUnpaid" },
            { """{"orderId":"1","onlyifunpaid":true}""", "#/onlyifunpaid" },
            { """{"orderId":"1","a/b~c":1}""", "#/a~1b~0c" },
            { """{"orderId":"1443","100% é#":1}""", "#/100%25%20%C3%A9%23" },
            { """{"orderId":"1","reason":7}""", "#/reason" },
            { """{"orderId":"1","reason":"x""" + new string('x', 200) + "\"}", "#/reason" },
            {
                """{"orderId":"x","hash":"","reason":1,"onlyIfUnpaid":2,"extra":3}""",
                "#/orderId #/hash #/reason #/onlyIfUnpaid #/extra #"
            },
        };
}
