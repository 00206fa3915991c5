using System.Collections.Frozen;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace OnrampFunctions.LocalHost.Tests.Tables;

/// <summary>The faults of <c>/simulator/faults</c> reach the tables, in the host and over its endpoint.</summary>
public sealed class TableFaultTests : IAsyncLifetime
{
    private static readonly RowKey Key = new(RowTable.CancelRequests, "partition", "row");
    private static readonly Dictionary<string, string> First = new() { ["Text"] = "first" };
    private static readonly Dictionary<string, string> Second = new() { ["Text"] = "second" };

    // Time passes only when a test says so.
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private LocalApp _host = null!;
    private OpenTables _tables = null!;

    /// <summary>
    /// Whether it goes over HTTP, the fault, the result of a replacement, and whether it takes effect.
    /// </summary>
    public static TheoryData<bool, FaultKind, string, bool> OfWrites =>
        new()
        {
            { false, FaultKind.TablesRefused, "exception", false },
            { false, FaultKind.TablesConflict, "conflict", false },
            { false, FaultKind.TablesAnswerLost, "exception", true },
            { true, FaultKind.TablesRefused, "exception", false },
            { true, FaultKind.TablesConflict, "conflict", false },
            // The client repeats the request and finds the row changed.
            { true, FaultKind.TablesAnswerLost, "conflict", true },
        };

    public async ValueTask InitializeAsync()
    {
        _host = LocalApp.Create(["--urls", "http://127.0.0.1:0"], new LocalHostOptions { Clock = _time, Quiet = true });
        await _host.StartAsync(RunningHost.Token);
        _tables = OpenTables.Open(_host.TablesConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        _tables.Dispose();
        await _host.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(OfWrites))]
    public async Task Affects_writes(bool isOverHttp, FaultKind fault, string result, bool takesEffect)
    {
        var rows = Rows(isOverHttp);
        Assert.True(await rows.TryInsertAsync(Key, First, RunningHost.Token));
        var read = (await rows.ReadAsync(Key, RunningHost.Token))!;

        Fail(fault);
        Assert.Equal(result, await ResultAsync(rows.TryReplaceAsync(read, Second, RunningHost.Token)));
        Assert.True(_host.Faults.CountOf(fault) > 0);
        _host.Faults.Settings = FaultSettings.None;

        var now = (await rows.ReadAsync(Key, RunningHost.Token))!;
        Assert.Equal(takesEffect ? Second : First, now.Values);
        Assert.True(await rows.TryDeleteAsync(now, RunningHost.Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Affects_reads(bool isOverHttp)
    {
        var rows = Rows(isOverHttp);
        Fail(FaultKind.TablesRefused);

        await Assert.ThrowsAnyAsync<Exception>(() => rows.ReadAsync(Key, RunningHost.Token));
        await Assert.ThrowsAnyAsync<Exception>(() => rows.QueryAsync(new RowQuery(Key.Table, 1), RunningHost.Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Hangs_until_the_caller_gives_up(bool isOverHttp)
    {
        var rows = Rows(isOverHttp);
        Fail(FaultKind.TablesHang);
        using CancellationTokenSource patience = new();

        var writing = rows.TryInsertAsync(Key, First, patience.Token);
        await WhenInjectedAsync(FaultKind.TablesHang);
        Assert.False(writing.IsCompleted);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);

        _host.Faults.Settings = FaultSettings.None;
        Assert.Null(await rows.ReadAsync(Key, RunningHost.Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Writes_slowly_although_the_caller_gave_up(bool isOverHttp)
    {
        var rows = Rows(isOverHttp);
        Fail(FaultKind.TablesSlow);
        using CancellationTokenSource patience = new();

        var writing = rows.TryInsertAsync(Key, First, patience.Token);
        await WhenInjectedAsync(FaultKind.TablesSlow);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        _host.Faults.Settings = FaultSettings.None;
        Assert.Null(await rows.ReadAsync(Key, RunningHost.Token));

        while (await rows.ReadAsync(Key, RunningHost.Token) is null)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
        }
    }

    [Fact]
    public async Task Draws_anew_at_every_attempt()
    {
        var rows = Rows(isOverHttp: false);
        Fail(FaultKind.TablesRefused, 0.5);
        List<bool> refused = [];
        for (var attempt = 0; attempt < 100; attempt++)
        {
            refused.Add(await Record.ExceptionAsync(() => rows.ReadAsync(Key, RunningHost.Token)) is not null);
        }

        Assert.InRange(refused.Count(static isRefused => isRefused), 30, 70);
    }

    private IRowStore Rows(bool isOverHttp) =>
        isOverHttp ? _tables.Rows : _host.Services.GetRequiredService<IRowStore>();

    private void Fail(FaultKind fault, double rate = 1) =>
        _host.Faults.Settings = new FaultSettings
        {
            Rates = FrozenDictionary.ToFrozenDictionary([KeyValuePair.Create(fault, rate)]),
        };

    private async Task WhenInjectedAsync(FaultKind fault)
    {
        while (_host.Faults.CountOf(fault) == 0)
        {
            await Task.Yield();
        }
    }

    private static async Task<string> ResultAsync(Task<bool> operation)
    {
        try
        {
            return await operation ? "success" : "conflict";
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return "exception";
        }
    }
}
