using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;

namespace Onramp.Cancellation.Tests;

/// <summary>
/// Every limit at its last value and one beyond it, asked where the limit is and not behind another check that refuses
/// earlier.
/// </summary>
[Collection(nameof(Console))]
public sealed class BoundaryTests
{
    /// <summary>What takes a text of a length or a number of bytes, and the least and the most that it takes.</summary>
    private static readonly Dictionary<string, (int Least, int Most, Func<int, Task<bool>> Takes)> Limits = new()
    {
        ["order id"] = (1, 19, Now(static n => OrderReference.IsOrderId(Text('1', n)))),
        ["hash"] = (1, 256, Now(static n => OrderReference.IsHash(Text('x', n)))),
        ["reason"] = (0, 200, Now(static n => IsValid(ReasonOf("x", n)))),
        ["reason of two-unit characters"] = (0, 200, Now(static n => IsValid(ReasonOf("\U0001F600", n)))),
        ["depth of a body"] = (1, 8, Now(static n => n > 0 && IsJson(Nested(n)))),
        ["id of a record"] = (64, 64, Now(static n => RequestRecord.IsId(Text('a', n)))),
        ["text of a log"] = (0, 255, Now(static n => LogText.Of(Text('x', n)).Length == n)),
        ["description of a dead letter"] = (
            0,
            4096,
            Now(static n => Settlement.DeadLetter("Reason", Text('x', n)).Description!.Length == n)
        ),
        ["name in a pointer"] = (0, 64, Now(static n => !JsonPointer.Escape(Text('x', n)).EndsWith('…'))),
        ["idempotency key"] = (1, 255, static n => PostsAsync(("Idempotency-Key", Text('x', n)))),
        ["quoted idempotency key"] = (1, 255, static n => PostsAsync(("Idempotency-Key", $"\"{Text('x', n)}\""))),
        ["id of an event"] = (1, 255, static n => PostsAsync([.. Event, ("ce-id", Text('x', n))])),
        ["id of a signed request"] = (1, 255, static n => SignsAsync(id: Text('x', n))),
        ["bytes of a caller's secret"] = (24, 64, static n => SignsAsync(secret: $"whsec_{KeyOf(n)}")),
        ["bytes of the queue's key"] = (32, 64, static n => StartsWithAsync("queue-authentication-key", KeyOf(n))),
        ["characters of the API secret"] = (1, 1024, static n => StartsWithAsync("onramp-api-secret", Varied(n))),
        ["characters of the API key"] = (1, 1024, static n => StartsWithAsync("onramp-api-key", Varied(n))),
        ["name of a secret"] = (1, 127, static n => IsNameAsync(Text('x', n))),
        ["words of the provider"] = (1, 300, static n => KeepsAsync(Words(n))),
        ["a token among the words of the provider"] = (1, 31, static n => KeepsAsync(Text('x', n))),
    };

    public static TheoryData<string> Names => [.. Limits.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_limit_takes_its_last_value_and_no_further_one(string what)
    {
        var (least, most, takes) = Limits[what];
        Assert.True(await takes(least), "The least is refused.");
        Assert.True(await takes(most), "The most is refused.");
        Assert.False(least > 0 && await takes(least - 1), "Less is taken.");
        Assert.False(await takes(most + 1), "More is taken.");
    }

    /// <summary>Every setting with a range: the smallest and the largest valid value.</summary>
    public static TheoryData<string, string, string> Ranges =>
        new()
        {
            { "KeyVault__StartupBudget", "00:00:01", "00:00:25" },
            { "KeyVault__RefreshInterval", "00:01:00", "1.00:00:00" },
            { "KeyVault__ReloadCooldown", "00:00:00", "00:10:00" },
            { "Onramp__CallTimeout", "00:00:00.1", "00:00:30" },
            { "Onramp__TotalBudget", "00:00:01", "00:03:00" },
            { "Onramp__MaxRetries", "0", "10" },
            { "Onramp__RetryBaseDelay", "00:00:00", "00:00:30" },
            { "Onramp__MaxConcurrentCalls", "1", "10000" },
            { "Onramp__MaxQueuedCalls", "0", "100000" },
            { "Onramp__CallsPerSecond", "0", "10000" },
            { "Onramp__MaxInstances", "0", "10000" },
            { "Onramp__CircuitFailureRatio", "0.01", "1" },
            { "Onramp__CircuitMinimumCalls", "2", "10000" },
            { "Onramp__CircuitSamplingWindow", "00:00:00.5", "00:10:00" },
            { "Onramp__CircuitBreakDuration", "00:00:00.5", "00:10:00" },
            { "Queue__GiveUpAfter", "00:00:00", "14.00:00:00" },
            { "Queue__RetryJitter", "0", "1" },
            { "Queue__OperationTimeout", "00:00:00.1", "00:00:30" },
            { "Queue__MaxHandlingTime", "00:00:01", "00:05:00" },
            { "Timeouts__MinDelay", "00:00:00", "365.00:00:00" },
            { "Timeouts__MaxDelay", "00:00:01", "365.00:00:00" },
            { "Timeouts__Grace", "00:00:00", "1.00:00:00" },
            { "Timeouts__Spread", "00:00:00", "01:00:00" },
            { "Outcomes__PublishTimeout", "00:00:00.1", "00:01:00" },
            { "Records__KeepFor", "60.00:00:00", "3650.00:00:00" },
            { "Records__OperationTimeout", "00:00:00.1", "00:00:30" },
            { "Callers__RefreshInterval", "00:00:10", "1.00:00:00" },
            { "Callers__RequestsPerMinute", "0", "1000000" },
        };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void A_setting_takes_its_whole_range_and_nothing_beyond_it(string setting, string least, string most)
    {
        var property = typeof(OnrampOptions)
            .Assembly.GetExportedTypes()
            .Single(type => type.Name == $"{setting.Split("__")[0]}Options")
            .GetProperty(setting.Split("__")[1])!;
        var rule = property.GetCustomAttributes(inherit: false).OfType<ValidationAttribute>().Single();
        Assert.All([least, most], value => Assert.True(rule.IsValid(Value(value, 0)), $"{value} is refused."));
        Assert.False(rule.IsValid(Value(least, -1)));
        Assert.False(rule.IsValid(Value(most, 1)));
        return;

        object Value(string text, int more) =>
            property.PropertyType.Name switch
            {
                nameof(TimeSpan) => TimeSpan.Parse(text, CultureInfo.InvariantCulture) + TimeSpan.FromTicks(more),
                nameof(Int32) => int.Parse(text, CultureInfo.InvariantCulture) + more,
                _ => double.Parse(text, CultureInfo.InvariantCulture) + (more * 0.0001),
            };
    }

    [Fact]
    public void No_setting_with_a_range_is_left_out() =>
        Assert.Equal(
            typeof(OnrampOptions)
                .Assembly.GetExportedTypes()
                .SelectMany(static type => type.GetProperties())
                .Where(static property =>
                    property
                        .GetCustomAttributes(inherit: false)
                        .Any(static rule => rule.GetType().Name is "DurationRangeAttribute" or "NumberRangeAttribute")
                )
                .Select(static property => $"{property.DeclaringType!.Name[..^"Options".Length]}__{property.Name}")
                .Order(),
            Ranges.Select(static row => row.Data.Item1).Order()
        );

    [Theory]
    [InlineData("Onramp__CallsPerSecond", "0.1", true)]
    [InlineData("Onramp__CallsPerSecond", "0.0999", false)]
    [InlineData("Onramp__TotalBudget", "00:00:17", true)]
    [InlineData("Onramp__TotalBudget", "00:00:16.999", false)]
    [InlineData("Queue__RetryDelays__0", "1.00:00:00", true)]
    [InlineData("Queue__RetryDelays__0", "1.00:00:00.0000001", false)]
    [InlineData("Queue__RetryDelays__0", "00:00:00.0000001", true)]
    [InlineData("Timeouts__MinDelay", "30.00:00:00", true)]
    [InlineData("Timeouts__MinDelay", "30.00:00:01", false)]
    [InlineData("Callers__Names__0", "a234567890123456789012345678901234567890123456789012345678901234", true)]
    [InlineData("Callers__Names__0", "a2345678901234567890123456789012345678901234567890123456789012345", false)]
    [InlineData("Callers__AllowedOrigins__0", "*", true)]
    [InlineData("Callers__AllowedOrigins__0", "**", false)]
    [InlineData("Callers__AllowedOrigins__0", "10.0.0.1", false)]
    public async Task A_rule_between_settings_holds_at_its_limit(string setting, string value, bool isValid)
    {
        await using var service = Service.Create((setting, value));
        if (isValid)
        {
            await service.StartAsync();
        }
        else
        {
            var section = setting.Split("__")[0];
            Assert.Contains(section, Assert.Single(await Startup.FailAsync(service)), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(20, true)]
    [InlineData(21, false)]
    public async Task A_list_of_delays_has_at_most_twenty(int count, bool isValid)
    {
        await using var service = Service.Create([
            .. Enumerable.Range(0, count).Select(static index => ($"Queue__RetryDelays__{index}", "00:00:05")),
        ]);
        if (isValid)
        {
            await service.StartAsync();
        }
        else
        {
            Assert.Contains(
                "at most 20 delays",
                Assert.Single(await Startup.FailAsync(service)),
                StringComparison.Ordinal
            );
        }
    }

    [Theory]
    [InlineData(19, 19)]
    [InlineData(20, 20)]
    [InlineData(21, 20)]
    public async Task Twenty_faults_of_a_body_are_reported(int faults, int reported)
    {
        await using var service = await Service.StartAsync();
        var fields = Enumerable.Range(0, faults).Select(static number => $"\"f{number}\":0");
        var answer = await service.SendAsync(
            new ContractRequest
            {
                Body = Encoding.UTF8.GetBytes($$"""{"orderId":"1443",{{string.Join(',', fields)}}}"""),
            }
        );
        Assert.Equal((422, reported), (answer.Status, answer.Pointers.Count));
    }

    [Theory]
    [InlineData(4096, 200)]
    [InlineData(4097, 413)]
    public async Task A_body_has_at_most_4_KiB(int bytes, int status)
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        var body = """{"orderId":"1443"}""".PadRight(bytes);
        Assert.Equal(status, (await service.PostAsync(body)).StatusCode);
        Assert.Equal(status, (await service.PostAsync(body, with => with with { ContentLength = bytes })).StatusCode);
    }

    [Theory]
    [InlineData(65_536, true)]
    [InlineData(65_537, false)]
    public async Task An_answer_of_the_provider_has_at_most_64_KiB(int bytes, bool isRead)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service
            .Provider.OnCancel(Answers.Json(200, Answers.CancelledOrder.PadRight(bytes)))
            .OnGet(isRead ? [] : [Answers.Order(-3)]);
        Assert.Equal(OutcomeKind.Cancelled, (await service.CancelAsync()).Kind);
        service.Provider.AssertScriptPlayed();
    }

    [Theory]
    [InlineData("application/json", 200)]
    [InlineData("application/json; charset=utf-8", 200)]
    [InlineData("application/jsonx", 415)]
    [InlineData("xapplication/json", 415)]
    [InlineData("application/cloudevents+json", 400)]
    [InlineData("application/cloudevents+jsonx", 415)]
    [InlineData("application/cloudevents-batch+json", 400)]
    [InlineData("application/cloudevents-batch+jsonx", 415)]
    [InlineData("application/cloudevents", 415)]
    public async Task A_type_of_media_is_compared_as_a_whole(string contentType, int status)
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        var answer = await service.PostAsync("""{"orderId":"1443"}""", with => with with { ContentType = contentType });
        Assert.Equal(status, answer.StatusCode);
        var isJson = contentType.StartsWith("application/json", StringComparison.Ordinal);
        var armed = await service.ArmAsync("""{"after":"PT30M"}""", with => with with { ContentType = contentType });
        Assert.Equal(isJson && status == 200 ? 201 : 415, armed.StatusCode);
    }

    /// <summary>The wait in seconds, or null.</summary>
    [Theory]
    [InlineData("1", 1)]
    [InlineData("0", null)]
    [InlineData("-1", null)]
    [InlineData("-7", null)]
    [InlineData("1.5", null)]
    [InlineData("soon", null)]
    [InlineData("Tue, 14 Nov 2023 22:13:21 GMT", 1)]
    [InlineData("Tue, 14 Nov 2023 22:13:20 GMT", null)]
    [InlineData("Tue, 14 Nov 2023 22:13:19 GMT", null)]
    public async Task A_wait_that_the_provider_asks_for_is_longer_than_nothing(string retryAfter, int? seconds)
    {
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"));
        service.Provider.OnCancel(Answers.WithRetryAfter(Answers.TooMany, retryAfter)).OnGet(Answers.Order(0));
        var wait = (await service.CancelAsync()).RetryAfter;
        Assert.Equal(seconds, wait?.TotalSeconds);
    }

    [Theory]
    [InlineData("*", "eventgrid.azure.net", true)]
    [InlineData("*", "https://eventgrid.azure.net", false)]
    [InlineData("*", "10.0.0.1", false)]
    [InlineData("*", "[::1]", false)]
    [InlineData("*", "*", false)]
    [InlineData("*", "a b", false)]
    [InlineData("*", "a.example, b.example", false)]
    [InlineData("eventgrid.azure.net", "EVENTGRID.azure.net", true)]
    [InlineData("eventgrid.azure.net", "eventgrid.azure.net.evil.example", false)]
    public async Task An_origin_is_a_host_whatever_is_allowed(string allowed, string origin, bool isAllowed)
    {
        await using var service = await Service.StartAsync(("Callers__AllowedOrigins__0", allowed));
        var answer = await service.SendAsync(
            new ContractRequest
            {
                Method = "OPTIONS",
                ContentType = null,
                Headers = [("WebHook-Request-Origin", origin)],
            }
        );
        Assert.Equal(isAllowed ? origin : null, answer.Header("WebHook-Allowed-Origin"));
        Assert.Equal(isAllowed ? 0 : 1, service.Log.Lines.Count(static line => line.Id == 605));
    }

    /// <summary>Signed at that time, so that nothing but the time is wrong.</summary>
    [Theory]
    [InlineData(-301, 401)]
    [InlineData(-300, 200)]
    [InlineData(300, 200)]
    [InlineData(301, 401)]
    public async Task A_signature_is_valid_for_five_minutes_in_both_directions(int seconds, int status)
    {
        await using var service = await StartAsync(SigningShop.Secret);
        var at = service.Time.GetUtcNow().AddSeconds(seconds);
        var signed = SigningShop
            .Request(service)
            .With("webhook-timestamp", _ => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))
            .With("webhook-signature", _ => SigningShop.Sign(SigningShop.Secret, "msg-1", at, SigningShop.Body));
        var answer = await service.SendAsync(signed);
        Assert.Equal(status, answer.Status);
        Assert.Equal(
            status == 401,
            answer.Text("detail")?.Contains("differs from the current time", StringComparison.Ordinal) is true
        );
    }

    [Theory]
    [InlineData(1_577_836_799_999, false)]
    [InlineData(1_577_836_800_000, true)]
    [InlineData(4_102_444_800_000, true)]
    [InlineData(4_102_444_800_001, false)]
    public async Task A_clock_of_the_provider_is_taken_from_2020_to_2100(long milliseconds, bool isTaken)
    {
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"));
        service
            .Provider.OnCancel(isTaken ? [Answers.AheadOfTime, Answers.Cancelled] : [Answers.AheadOfTime])
            .OnClock(Answers.ServerTime(milliseconds))
            .OnGet(isTaken ? [] : [Answers.Order(0)]);
        var outcome = await service.CancelAsync();
        Assert.Equal(isTaken ? OutcomeKind.Cancelled : OutcomeKind.Credentials, outcome.Kind);
        service.Provider.AssertScriptPlayed();
    }

    [Theory]
    [InlineData("999999999999", "differs from the current time")]
    [InlineData("1000000000000", "are all required")]
    public async Task A_timestamp_has_at_most_twelve_digits(string timestamp, string words)
    {
        await using var service = await StartAsync(SigningShop.Secret);
        var answer = await service.SendAsync(SigningShop.Request(service).With("webhook-timestamp", _ => timestamp));
        Assert.Equal(401, answer.Status);
        Assert.Contains(words, answer.Text("detail"), StringComparison.Ordinal);
    }

    /// <summary>Codes below 400 and above 599 in other places of an answer are not codes of a response.</summary>
    [Theory]
    [InlineData(399, OutcomeKind.Rejected)]
    [InlineData(401, OutcomeKind.Credentials)]
    [InlineData(429, OutcomeKind.Throttled)]
    [InlineData(500, OutcomeKind.Unavailable)]
    [InlineData(599, OutcomeKind.Unavailable)]
    [InlineData(600, OutcomeKind.Rejected)]
    public async Task A_code_anywhere_in_an_answer_counts_from_400_to_599(int code, OutcomeKind expected)
    {
        await using var service = await Service.StartAsync(("Onramp:MaxRetries", "0"));
        service
            .Provider.OnCancel(
                Answers.Json(400, $$$"""{"status":0,"error":"Refused for a reason","more":{"errorCode":{{{code}}}}}""")
            )
            .OnGet(Answers.Order(0));
        Assert.Equal(expected, (await service.CancelAsync()).Kind);
    }

    [Theory]
    [InlineData(7, true)]
    [InlineData(8, false)]
    public async Task Eight_changes_of_a_timeout_are_remembered(int later, bool isKnown)
    {
        await using var service = Service.Create(SigningShop.Settings());
        service.Vault.Secrets["webhook-shop"] = SigningShop.Secret;
        await service.StartAsync();
        for (var change = 0; change <= later; change++)
        {
            await ArmAsync($"msg-{change}");
        }

        var dueAt = DueAt();
        await ArmAsync("msg-0");
        Assert.Equal(isKnown, DueAt() == dueAt);
        return;

        string DueAt() => service.Rows[RowTable.CancelTimeouts].Single().Values["dueAt"];

        async Task<ContractAnswer> ArmAsync(string id)
        {
            service.Time.Advance(TimeSpan.FromSeconds(1));
            const string path = "/api/orders/1443/timeout";
            const string body = """{"after":"PT30M"}""";
            return await service.SendAsync(
                SigningShop.Request(service, $"PUT {path}.{body}", id) with
                {
                    Method = "PUT",
                    Path = path,
                    Body = Encoding.UTF8.GetBytes(body),
                }
            );
        }
    }

    private static (string, string)[] Event =>
        [("ce-specversion", "1.0"), ("ce-source", "/store"), ("ce-type", "order.stale")];

    private static Func<int, Task<bool>> Now(Func<int, bool> takes) => n => Task.FromResult(takes(n));

    private static string Text(char character, int length) => new(character, length);

    private static string Nested(int depth) => $$"""{"x":{{Text('[', depth - 1)}}0{{Text(']', depth - 1)}}}""";

    private static string ReasonOf(string character, int count) =>
        $$"""{"orderId":"1","reason":"{{string.Concat(Enumerable.Repeat(character, count))}}"}""";

    private static bool IsValid(string body) => CancelBody.Parse(Encoding.UTF8.GetBytes(body)).Fields is not null;

    private static bool IsJson(string body) => CancelBody.Parse(Encoding.UTF8.GetBytes(body)).IsJsonObject;

    private static string KeyOf(int bytes) =>
        Convert.ToBase64String([.. Enumerable.Range(1, bytes).Select(static number => (byte)number)]);

    // A value of one repeated character would be a placeholder.
    private static string Varied(int length) =>
        string.Concat(Enumerable.Range(0, length).Select(static index => (char)('a' + (index % 7))));

    // Words, because a long token is withheld.
    private static string Words(int length) =>
        string.Concat(Enumerable.Range(0, length).Select(static index => index % 5 == 3 ? ' ' : 'x'));

    private static async Task<bool> PostsAsync(params (string, string)[] headers)
    {
        await using var service = await Service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        var request = new ContractRequest { Body = """{"orderId":"1443"}"""u8.ToArray(), Headers = headers };
        return (await service.SendAsync(request)).Status == 200;
    }

    private static async Task<bool> SignsAsync(string id = "msg-1", string secret = SigningShop.Secret)
    {
        await using var service = await StartAsync(secret);
        return (await service.SendAsync(SigningShop.Request(service, id: id, secret: secret))).Status == 200;
    }

    private static async Task<Service> StartAsync(string secret)
    {
        var service = Service.Create(SigningShop.Settings("require"));
        service.Vault.Versions["webhook-shop"] = [new(secret, 1)];
        await service.StartAsync();
        service.Provider.Otherwise = Answers.Cancelled;
        return service;
    }

    private static async Task<bool> StartsWithAsync(string secret, string value)
    {
        await using var service = Service.Create();
        service.Vault.Versions[secret] = [new(value, 1)];
        try
        {
            await service.StartAsync();
            return true;
        }
        catch (CredentialsUnavailableException)
        {
            return false;
        }
    }

    private static async Task<bool> IsNameAsync(string name)
    {
        await using var service = Service.Create(("KeyVault__ApiKeySecretName", name));
        service.Vault.Versions[name] = [new("test_key", 1)];
        try
        {
            await service.StartAsync();
            return true;
        }
        catch (OptionsValidationException)
        {
            return false;
        }
    }

    private static async Task<bool> KeepsAsync(string words)
    {
        await using var service = await Service.StartAsync(("Onramp__MaxRetries", "0"));
        service.Provider.Otherwise = Answers.Error(500, words);
        return (await service.CancelAsync()).Detail == words;
    }
}
