namespace Onramp.Cancellation.Tests;

/// <summary>
/// Valid values of <c>at</c> (RFC 3339) and <c>after</c> (ISO 8601). The service's clock shows 2023-11-14T22:13:20Z.
/// </summary>
public sealed class TimingTests
{
    [Theory]
    [InlineData("2023-11-14T22:30:00Z", "2023-11-14T22:30:00")]
    [InlineData("2023-11-14t22:30:00z", "2023-11-14T22:30:00")] // [danielrichman/strict-rfc3339#5], [hukkin/tomli#149]
    [InlineData("2023-11-14t22:30:00+00:00", "2023-11-14T22:30:00")]
    [InlineData("2023-11-14T22:30:00.8Z", "2023-11-14T22:30:00.8")] // [zalando/nakadi#185]
    [InlineData("2023-11-14T22:30:00.069Z", "2023-11-14T22:30:00.069")] // [nanoframework/Home#1485]
    // AMQP 1.0, section 1.6.17: messages say milliseconds
    [InlineData("2023-11-14T22:30:00.1234567Z", "2023-11-14T22:30:00.123")]
    [InlineData("2023-11-14T22:30:00.050464286Z", "2023-11-14T22:30:00.050")] // [JuliaLang/julia#60354]
    // [julman99/gson-fire#40], [dotnet/corefx#39339]
    [InlineData("2023-11-14T22:30:00.123456789Z", "2023-11-14T22:30:00.123")]
    // [googleapis/google-http-java-client#752]: truncated, not rounded up
    [InlineData("2023-11-14T22:30:59.999999999Z", "2023-11-14T22:30:59.999")]
    [InlineData("2023-11-14T22:30:00.00000000000000000000000000000000000000001+00:00", "2023-11-14T22:30:00")]
    [InlineData("2023-11-14T23:30:00+01:00", "2023-11-14T22:30:00")]
    [InlineData("2023-11-15T04:00:00.5+05:30", "2023-11-14T22:30:00.5")]
    [InlineData("2023-11-14T22:50:27.87+00:20", "2023-11-14T22:30:27.87")] // RFC 3339, section 5.8
    [InlineData("2023-11-14T14:30:00-08:00", "2023-11-14T22:30:00")]
    // RFC 3339, section 4.3: the local offset is unknown
    [InlineData("2023-11-14T22:30:00-00:00", "2023-11-14T22:30:00")]
    [InlineData("2023-11-15T22:29:00+23:59", "2023-11-14T22:30:00")]
    [InlineData("2023-11-13T23:30:00-23:00", "2023-11-14T22:30:00")]
    // [ethlo/itu#4]: a leap second is the first of the next day
    [InlineData("2023-11-30T23:59:60Z", "2023-12-01T00:00:00")]
    [InlineData("2023-11-30T23:59:60.25z", "2023-12-01T00:00:00.25")]
    [InlineData("2023-11-30T15:59:60-08:00", "2023-12-01T00:00:00")] // [danielrichman/strict-rfc3339#4]
    [InlineData("2023-12-01T05:29:60+05:30", "2023-12-01T00:00:00")]
    public async Task At_is_any_RFC_3339_date_and_time(string at, string due)
    {
        await using var service = await Service.StartAsync();
        var response = await service.ArmAsync($$"""{"at":"{{at}}"}""");
        Assert.Equal(201, response.StatusCode);
        Assert.Equal(
            DateTimeOffset.Parse(due + "Z", null),
            Service.Json(response.Body).GetProperty("dueAt").GetDateTimeOffset()
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("2023-11-15")]
    [InlineData("2023-11-15T22:30Z")] // [cod-developers/cod-tools#13]
    [InlineData("2023-11-15T22:30:00")] // [stac-utils/stac-fastapi#365]
    [InlineData("2023-11-15T22:30:00+0100")] // [stac-utils/stac-fastapi#365]
    [InlineData("2023-11-15T22:30:00+1:00")]
    [InlineData("2023-11-15T22:30:00+01")]
    [InlineData("2023-11-15T22:30:00+01:0")]
    [InlineData("2023-11-15T22:30:00+01:000")]
    [InlineData("2023-11-15T22:30:00+24:00")]
    [InlineData("2023-11-15T22:30:00-24:00")]
    [InlineData("2023-11-15T22:30:00+01:60")]
    [InlineData("2023-11-15T22:30:00+-1:00")]
    [InlineData("2023-11-15T22:30:00\u221201:00")] // ISO 8601's minus
    [InlineData("2023-11-15T22:30:00 Z")]
    [InlineData("2023-11-15T22:30:00ZZ")]
    [InlineData("2023-11-15T22:30:00Z+00:00")]
    [InlineData("2023-11-15T22:30:00UTC")]
    [InlineData("2023-11-15 22:30:00Z")] // [time-rs/time#720]
    [InlineData("2023-11-15T2023-11-15T22:30:00Z")] // [validatorjs/validator.js#1653]
    [InlineData(" 2023-11-15T22:30:00Z")]
    [InlineData("2023-11-15T22:30:00Z\\n")]
    [InlineData("2023-11-15T22:30:00,5Z")] // [stac-utils/stac-api-validator#35]
    [InlineData("2023-11-15T22:30:00.Z")]
    [InlineData("2023-11-15T22:30:00.5.5Z")]
    [InlineData("2023-11-15T22:30:00.\u0665Z")]
    [InlineData("2023-11-15T24:00:00Z")]
    [InlineData("2023-11-15T22:60:00Z")]
    [InlineData("2023-11-15T22:30:61Z")]
    [InlineData("2023-11-15T23:59:60Z")] // [validatorjs/validator.js#2863]: no leap second but at the end of a month
    [InlineData("2023-11-30T22:59:60Z")]
    [InlineData("2023-11-30T23:58:60Z")]
    [InlineData("2023-11-30T23:59:60+01:00")]
    [InlineData("2023-11-31T00:00:00Z")]
    [InlineData("2023-02-29T00:00:00Z")]
    [InlineData("2023-13-01T00:00:00Z")]
    [InlineData("2023-00-01T00:00:00Z")]
    [InlineData("2023-12-00T00:00:00Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("23-11-15T22:30:00Z")]
    [InlineData("+2023-11-15T22:30:00Z")]
    [InlineData("20231115T223000Z")]
    [InlineData("2023-W46-3T22:30:00Z")]
    [InlineData("Wed, 15 Nov 2023 22:30:00 GMT")]
    [InlineData("1700086200")]
    public Task At_is_nothing_else(string at) => RefusedAsync($"\"at\":\"{at}\"", "#/at", "RFC 3339");

    [Theory]
    [InlineData("9999-12-31T23:59:59Z")]
    [InlineData("9999-12-31T23:59:59.9999999-23:59")]
    [InlineData("0001-01-01T00:00:00+23:59")]
    [InlineData("1990-12-31T23:59:60Z")]
    public Task At_is_within_reach(string at) => RefusedAsync($"\"at\":\"{at}\"", "#/at", "between");

    [Theory]
    [InlineData("PT30M", "00:30:00")]
    [InlineData("P1DT2H", "1.02:00:00")]
    [InlineData("P1DT2H3M4S", "1.02:03:04")]
    [InlineData("PT90M", "01:30:00")]
    [InlineData("PT030M", "00:30:00")]
    [InlineData("P0DT0H30M", "00:30:00")]
    [InlineData("PT2592000S", "30.00:00:00")]
    [InlineData("P1W", "7.00:00:00")] // [bitwalker/timex#350]; ISO 8601-1, section 5.5.2.2 [IJMacD/rfc3339-iso8601#12]
    [InlineData("P4W", "28.00:00:00")]
    [InlineData("PT1.5S", "00:00:01.5")]
    [InlineData("PT1,5S", "00:00:01.5")]
    // a fraction of the last component: ISO 8601-1, section 5.5.2.3 [IJMacD/rfc3339-iso8601#12]
    [InlineData("PT0.5H", "00:30:00")]
    [InlineData("PT1H0.5M", "01:00:30")]
    [InlineData("P0.5D", "12:00:00")]
    [InlineData("P0.25W", "1.18:00:00")]
    [InlineData("PT1.123456789S", "00:00:01.123")]
    [InlineData("PT1.9999999999999999999999999999999999999999S", "00:00:01.999")]
    [InlineData("PT0.3333333333333333333333333333333333333333H", "00:19:59.999")]
    public async Task After_is_an_ISO_8601_duration_of_fixed_length(string after, string delay)
    {
        await using var service = await Service.StartAsync();
        var response = await service.ArmAsync($$"""{"after":"{{after}}"}""");
        Assert.Equal(201, response.StatusCode);
        Assert.Equal(
            service.Time.GetUtcNow() + TimeSpan.Parse(delay, null),
            Service.Json(response.Body).GetProperty("dueAt").GetDateTimeOffset()
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("P1DT")]
    [InlineData("T30M")]
    [InlineData("30M")]
    [InlineData(" PT30M")]
    [InlineData("PT30M ")]
    [InlineData("PT30M\\n")]
    [InlineData("\\r\\nPT30M")]
    [InlineData("PT 30M")]
    [InlineData("PT30\\tM")]
    [InlineData("PT30M\u00a0")]
    [InlineData("PT30")]
    [InlineData("PT30M5")]
    [InlineData("PTM")]
    [InlineData("PT.5S")]
    [InlineData("PT1.S")]
    [InlineData("PT1.5.5S")]
    [InlineData("PT0.5H30M")] // a fraction, and not the last component
    [InlineData("P0.5DT1H")]
    [InlineData("PT1S1M")]
    [InlineData("PT1M1M")]
    [InlineData("PT1D")]
    [InlineData("P1H")]
    [InlineData("P30M")]
    [InlineData("P1M")]
    [InlineData("P1Y")]
    [InlineData("P1Y2M3DT4H")]
    [InlineData("P1W1D")] // [gweis/isodate#27], [adlnet/ADL_LRS#350]
    [InlineData("P1WT1H")]
    [InlineData("P1DT1W")]
    [InlineData("pt30m")]
    [InlineData("PT30m")]
    [InlineData("+PT30M")]
    [InlineData("PT+30M")]
    [InlineData("PT\u0663\u0660M")]
    [InlineData("PT1e3S")]
    [InlineData("PT0x1S")]
    [InlineData("00:30:00")]
    [InlineData("30 minutes")]
    [InlineData("1800")]
    public Task After_is_nothing_else(string after) => RefusedAsync($"\"after\":\"{after}\"", "#/after", "ISO 8601");

    [Theory]
    [InlineData("-PT5M")]
    [InlineData("-P1W")]
    [InlineData("-PT0S")]
    [InlineData("PT-5M")] // what Java's Duration writes
    [InlineData("P-1DT-2H")]
    public Task After_is_not_negative(string after) => RefusedAsync($"\"after\":\"{after}\"", "#/after", "negative");

    [Theory]
    [InlineData("PT0S")]
    [InlineData("PT0.9999999S")]
    [InlineData("P31D")]
    [InlineData("P5W")]
    [InlineData("P30DT0.0000001S")]
    [InlineData("PT2147483648S")]
    [InlineData("P10675200D")]
    [InlineData("P99999999999D")]
    [InlineData("PT9223372036854775808S")]
    [InlineData("P9999999999999999999999999999999999999999999999999W")]
    public Task After_is_within_reach(string after) => RefusedAsync($"\"after\":\"{after}\"", "#/after", "between");

    private static async Task RefusedAsync(string timing, string pointer, string word)
    {
        await using var service = await Service.StartAsync();
        var response = await service.ArmAsync($$"""{{{timing}}}""");
        Assert.Equal(422, response.StatusCode);
        var error = Service.Json(response.Body).GetProperty("errors").EnumerateArray().Single();
        Assert.Equal(pointer, error.GetProperty("pointer").GetString());
        Assert.Contains(word, error.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(service.Queue.Scheduled);
    }
}
