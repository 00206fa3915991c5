using Azure.Data.Tables;

namespace OnrampFunctions.LocalHost.Tests.Tables;

/// <summary>The client of Azure with Microsoft's emulator: what the local host is compared with.</summary>
public sealed class AzuriteRowTests(Azurite azurite) : RowContract, IAsyncLifetime
{
    private IRowStore _rows = null!;
    private string _connectionString = null!;

    protected override IRowStore Rows => _rows;

    public async ValueTask InitializeAsync() => (_rows, _connectionString) = await azurite.GetAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Someone edited a row by hand and chose other types.</summary>
    [Fact]
    public async Task Reads_values_of_other_types_as_text_and_skips_bytes()
    {
        RowKey key = new(RowTable.CancelOutcomes, "edited", "row");
        Assert.True(await Rows.TryInsertAsync(key, Value("text"), Token));
        TableEntity edited = new(key.Partition, key.Row)
        {
            ["Text"] = "text",
            ["Number"] = 5,
            ["Long"] = long.MaxValue,
            ["Double"] = 0.5,
            ["Whole"] = 3.0,
            ["Truth"] = true,
            ["Instant"] = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            ["Id"] = Guid.Empty,
            ["Bytes"] = new byte[] { 1, 2 },
            ["Nothing"] = null,
        };
        await new TableClient(_connectionString, $"{key.Table}").UpdateEntityAsync(
            edited,
            Azure.ETag.All,
            TableUpdateMode.Replace,
            Token
        );

        var read = Assert.IsType<StoredRow>(await Rows.ReadAsync(key, Token));
        Assert.Equal(
            [
                "Double 0.5",
                "Id 00000000-0000-0000-0000-000000000000",
                "Instant 2026-01-02T03:04:05.0000000+00:00",
                "Long 9223372036854775807",
                "Number 5",
                "Text text",
                "Truth true",
                "Whole 3",
            ],
            read.Values.Select(static value => $"{value.Key} {value.Value}").Order(StringComparer.Ordinal)
        );
        Assert.True(await Rows.TryReplaceAsync(read, Value("again"), Token));
    }

    /// <summary>A new account has no tables.</summary>
    [Fact]
    public async Task Creates_a_missing_table_when_a_row_is_inserted()
    {
        await new TableServiceClient(_connectionString).DeleteTableAsync($"{RowTable.CancelRetention}", Token);
        RowKey key = new(RowTable.CancelRetention, "partition", "row");
        StoredRow gone = new(key, Value("text"), "W/\"datetime'2026-01-02T03%3A04%3A05.0000000Z'\"");

        Assert.Null(await Rows.ReadAsync(key, Token));
        Assert.Empty(await Rows.QueryAsync(new RowQuery(key.Table, 1), Token));
        Assert.False(await Rows.TryReplaceAsync(gone, Value("text"), Token));
        Assert.True(await Rows.TryDeleteAsync(gone, Token));
        var inserts = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(number => Rows.TryInsertAsync(key with { Row = $"{number}" }, Value("text"), Token))
        );
        Assert.Equal([true, true, true, true], inserts);
    }
}
