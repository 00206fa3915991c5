namespace OnrampFunctions.LocalHost.Tests.Tables;

/// <summary>What the service relies on, whatever keeps the rows.</summary>
public abstract class RowContract
{
    private const RowTable Table = RowTable.CancelRequests;

    // The rows of a test are its own, although all tests of a class share one store.
    private readonly string _own = $"{Guid.NewGuid():N}";

    /// <summary>Keys that need escaping in a path, a header, a filter or JSON.</summary>
    public static TheoryData<string> Keys =>
        [
            "",
            "plain",
            "it's",
            "''",
            "' or PartitionKey ne '",
            "a+b",
            "100%",
            "%27",
            "%2F",
            "a&b=c",
            " a b ",
            "\"quoted\"",
            "a,RowKey='b'",
            "(a)",
            "$filter",
            "a;b:c@d!e*f",
            "<a>[b]{c}|d^e`f~",
            new string('k', 480),
        ];

    /// <summary>Values of all kinds.</summary>
    public static TheoryData<string> Values =>
        [
            "",
            " ",
            "text",
            "it's \"quoted\"",
            "line\r\nbreak\ttab",
            "back\\slash",
            "Überweisung 操作 \U0001F600 ok",
            "\u0001\u007F\u00A0\u2028\uFFFD",
            "2026-01-02T03:04:05.0000000Z",
            "00000000-0000-0000-0000-000000000000",
            "5",
            "true",
            "null",
            "{\"a\":[1]}",
            new string('v', 30 * 1024),
            new string('ü', 32 * 1024),
        ];

    protected abstract IRowStore Rows { get; }

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Finds_a_row_by_any_key(string text)
    {
        foreach (var key in new[] { Key(text, "row"), new RowKey(Table, _own, text) })
        {
            Assert.Null(await Rows.ReadAsync(key, Token));
            Assert.True(await Rows.TryInsertAsync(key, Value("first"), Token));

            var read = await ReadAsync(key);
            Assert.Equal(key, read.Key);
            Assert.Equal(read.ETag, Assert.Single(await QueryAsync(key.Partition)).ETag);
            Assert.Empty(await QueryAsync(key.Partition, key));
            Assert.True(await Rows.TryReplaceAsync(read, Value("second"), Token));
            Assert.Equal("second", (await ReadAsync(key)).Values["Text"]);
            Assert.True(await Rows.TryDeleteAsync(await ReadAsync(key), Token));
            Assert.Null(await Rows.ReadAsync(key, Token));
        }
    }

    [Theory]
    [MemberData(nameof(Values))]
    public async Task Returns_any_value_unchanged(string text)
    {
        var key = Key("", "row");

        Assert.True(await Rows.TryInsertAsync(key, Value(text), Token));
        Assert.Equal(text, (await ReadAsync(key)).Values["Text"]);
        Assert.Equal(text, Assert.Single(await QueryAsync(key.Partition)).Values["Text"]);

        var changed = $"{text[..Math.Min(text.Length, 100)]}.";
        Assert.True(await Rows.TryReplaceAsync(await ReadAsync(key), Value(changed), Token));
        Assert.Equal(changed, (await ReadAsync(key)).Values["Text"]);
    }

    [Fact]
    public async Task Returns_the_values_that_were_written_and_no_others()
    {
        var key = Key("", "row");
        Dictionary<string, string> values = new()
        {
            ["State"] = "armed",
            ["Etag"] = "1",
            ["Key_2"] = "",
            ["id"] = "2",
        };

        Assert.True(await Rows.TryInsertAsync(key, values, Token));
        Assert.Equal(values, (await ReadAsync(key)).Values);
        Assert.True(await Rows.TryReplaceAsync(await ReadAsync(key), Value("only"), Token));
        Assert.Equal(Value("only"), (await ReadAsync(key)).Values);
        Assert.True(await Rows.TryReplaceAsync(await ReadAsync(key), new Dictionary<string, string>(), Token));
        Assert.Empty((await ReadAsync(key)).Values);
    }

    [Fact]
    public async Task Keeps_rows_apart_by_table_partition_row_and_case()
    {
        RowKey[] keys =
        [
            Key("", "row"),
            Key("", "ROW"),
            Key("", "row "),
            Key("x", "row"),
            Key("X", "row"),
            .. Enum.GetValues<RowTable>().Except([Table]).Select(table => Key("", "row") with { Table = table }),
        ];
        foreach (var key in keys)
        {
            Assert.True(await Rows.TryInsertAsync(key, Value($"{key}"), Token));
        }

        Assert.True(await Rows.TryDeleteAsync(await ReadAsync(keys[0]), Token));
        Assert.Null(await Rows.ReadAsync(keys[0], Token));
        foreach (var key in keys.Skip(1))
        {
            Assert.Equal($"{key}", (await ReadAsync(key)).Values["Text"]);
        }
    }

    [Fact]
    public async Task Cannot_insert_a_row_twice()
    {
        var key = Key("", "row");

        Assert.True(await Rows.TryInsertAsync(key, Value("first"), Token));
        var read = await ReadAsync(key);
        Assert.False(await Rows.TryInsertAsync(key, Value("second"), Token));
        Assert.Equivalent(read, await ReadAsync(key), strict: true);

        Assert.True(await Rows.TryDeleteAsync(read, Token));
        Assert.True(await Rows.TryInsertAsync(key, Value("second"), Token));
        Assert.Equal("second", (await ReadAsync(key)).Values["Text"]);
    }

    [Fact]
    public async Task Cannot_replace_or_delete_a_row_that_changed()
    {
        var old = await InsertAsync("row");
        Assert.True(await Rows.TryReplaceAsync(old, Value("second"), Token));
        var read = await ReadAsync(old.Key);

        Assert.NotEqual(old.ETag, read.ETag);
        Assert.False(await Rows.TryReplaceAsync(old, Value("third"), Token));
        Assert.False(await Rows.TryDeleteAsync(old, Token));
        Assert.Equivalent(read, await ReadAsync(old.Key), strict: true);
    }

    /// <summary>The same values are a change too.</summary>
    [Fact]
    public async Task Cannot_replace_a_row_that_was_written_again_with_the_same_values()
    {
        var old = await InsertAsync("row");

        Assert.True(await Rows.TryReplaceAsync(old, old.Values, Token));
        Assert.False(await Rows.TryReplaceAsync(old, old.Values, Token));
    }

    [Fact]
    public async Task Cannot_replace_a_row_that_was_deleted()
    {
        var old = await InsertAsync("row");
        Assert.True(await Rows.TryDeleteAsync(old, Token));

        Assert.False(await Rows.TryReplaceAsync(old, Value("second"), Token));
        Assert.Null(await Rows.ReadAsync(old.Key, Token));
    }

    [Fact]
    public async Task Cannot_replace_or_delete_a_row_that_was_deleted_and_inserted_again()
    {
        var old = await InsertAsync("row");
        Assert.True(await Rows.TryDeleteAsync(old, Token));
        var read = await InsertAsync("row");

        Assert.False(await Rows.TryReplaceAsync(old, Value("second"), Token));
        Assert.False(await Rows.TryDeleteAsync(old, Token));
        Assert.Equivalent(read, await ReadAsync(old.Key), strict: true);
    }

    [Fact]
    public async Task Counts_a_missing_row_as_deleted()
    {
        var old = await InsertAsync("row");

        Assert.True(await Rows.TryDeleteAsync(old, Token));
        Assert.True(await Rows.TryDeleteAsync(old, Token));
    }

    [Fact]
    public async Task Lets_exactly_one_of_several_writers_win()
    {
        var key = Key("", "row");
        for (var round = 0; round < 5; round++)
        {
            var inserts = await RaceAsync(writer => Rows.TryInsertAsync(key, Value($"{writer}"), Token));
            var read = await ReadAsync(key);
            Assert.Equal(Value($"{Winner(inserts)}"), read.Values);

            var replacements = await RaceAsync(writer => Rows.TryReplaceAsync(read, Value($"again {writer}"), Token));
            var replaced = await ReadAsync(key);
            Assert.Equal(Value($"again {Winner(replacements)}"), replaced.Values);

            var mixed = await RaceAsync(writer =>
                writer % 2 == 0
                    ? Rows.TryReplaceAsync(replaced, Value("kept"), Token)
                    : Rows.TryDeleteAsync(replaced, Token)
            );
            var isDeleted = await Rows.ReadAsync(key, Token) is null;
            Assert.Equal(
                isDeleted ? 0 : 1,
                mixed.Where(static (_, writer) => writer % 2 == 0).Count(static won => won)
            );
            if (!isDeleted)
            {
                Assert.DoesNotContain(true, mixed.Where(static (_, writer) => writer % 2 == 1));
                Assert.True(await Rows.TryDeleteAsync(await ReadAsync(key), Token));
            }
        }
    }

    [Fact]
    public async Task Returns_the_rows_of_a_partition_in_ordinal_order_and_pages()
    {
        string[] sorted = ["", "!", "%", "'", "''", "+", "0", "10", "9", "A", "B", "Z", "_", "a", "aa", "b", "~"];
        await InsertAllAsync([.. sorted.Reverse().Select(row => Key("", row)), Key("!", "other"), Key("~", "other")]);

        Assert.Equal(sorted, (await QueryAsync(_own)).Select(static row => row.Key.Row));
        for (var size = 1; size <= sorted.Length + 1; size += 5)
        {
            List<string> paged = [];
            RowKey? last = null;
            while (await QueryAsync(_own, last, size) is { Count: > 0 } page)
            {
                Assert.True(page.Count <= size);
                paged.AddRange(page.Select(static row => row.Key.Row));
                last = page[^1].Key;
            }

            Assert.Equal(sorted, paged);
        }

        Assert.Equal(["A", "B"], (await QueryAsync(_own, Key("", "9a"), 2)).Select(static row => row.Key.Row));
        Assert.Empty(await QueryAsync(_own, Key("", "~")));
        Assert.Empty(await QueryAsync($"{_own}-missing"));
    }

    [Fact]
    public async Task Returns_the_rows_of_all_partitions_below_a_limit_and_after_a_row()
    {
        string[] sorted = ["0 a", "0 b", "0' a", "0'' a", "1 a", "1 b", "A a", "a a"];
        await InsertAllAsync([
            .. sorted.Reverse().Select(static key => key.Split(' ')).Select(key => Key(key[0], key[1])),
        ]);

        Assert.Equal(sorted, await NamesAsync("~", Key("", "")));
        Assert.Equal(sorted[..4], await NamesAsync("1", Key("", "")));
        Assert.Equal(sorted[..2], await NamesAsync("0'", Key("", "")));
        Assert.Equal(sorted[1..], await NamesAsync("~", Key("0", "a")));
        Assert.Equal(sorted[2..], await NamesAsync("~", Key("0", "b")));
        Assert.Equal(sorted[2..4], await NamesAsync("1", Key("0", "z")));
        Assert.Equal(sorted[3..6], await NamesAsync("A", Key("0'", "a")));
        Assert.Empty(await NamesAsync("1", Key("1", "a")));
        Assert.Equal(sorted[..3], await NamesAsync("~", Key("", ""), 3));
        Assert.Equal(sorted[3..6], await NamesAsync("~", Key("0'", "a"), 3));

        async Task<string[]> NamesAsync(string below, RowKey after, int count = 1000) =>
            [
                .. (
                    await Rows.QueryAsync(
                        new RowQuery(Table, count) { PartitionBelow = $"{_own}{below}", After = after },
                        Token
                    )
                ).Select(row => $"{row.Key.Partition[_own.Length..]} {row.Key.Row}"),
            ];
    }

    [Fact]
    public async Task Combines_a_partition_with_a_limit_and_a_row_of_another_partition()
    {
        await InsertAllAsync([Key("b", "1"), Key("b", "2")]);
        RowQuery query = new(Table, 10) { Partition = $"{_own}b" };

        Assert.Equal(2, await CountAsync(query with { PartitionBelow = $"{_own}c" }));
        Assert.Equal(1, await CountAsync(query with { PartitionBelow = $"{_own}c", After = Key("b", "1") }));
        Assert.Equal(2, await CountAsync(query with { After = Key("a", "9") }));
        Assert.Equal(0, await CountAsync(query with { PartitionBelow = $"{_own}b" }));
        Assert.Equal(0, await CountAsync(query with { After = Key("c", "0") }));

        async Task<int> CountAsync(RowQuery asked) => (await Rows.QueryAsync(asked, Token)).Count;
    }

    [Fact]
    public async Task Begins_with_the_first_row_of_the_table()
    {
        await InsertAllAsync([Key("b", "1"), Key("a", "2"), Key("a", "1")]);

        var rows = await Rows.QueryAsync(new RowQuery(Table, 1000), Token);
        Assert.Equal(rows.OrderBy(Name, StringComparer.Ordinal).Select(Name), rows.Select(Name));
        Assert.Equal(3, rows.Count(row => row.Key.Partition.StartsWith(_own, StringComparison.Ordinal)));
        Assert.Equal(Name(rows[0]), Name(Assert.Single(await Rows.QueryAsync(new RowQuery(Table, 1), Token))));

        static string Name(StoredRow row) => $"{row.Key.Partition}\0{row.Key.Row}";
    }

    [Fact]
    public async Task Returns_as_many_rows_as_it_was_asked_for()
    {
        await InsertAllAsync([.. Enumerable.Range(0, 600).Select(number => Key("", $"{number:D4}"))]);

        var rows = await QueryAsync(_own);
        Assert.Equal(Enumerable.Range(0, 600).Select(static number => $"{number:D4}"), rows.Select(row => row.Key.Row));
        Assert.Equal(rows.Take(599).Select(KeyOf), (await QueryAsync(_own, after: null, 599)).Select(KeyOf));
        Assert.Equal(rows.Skip(1).Select(KeyOf), (await QueryAsync(_own, Key("", "0000"))).Select(KeyOf));

        static RowKey KeyOf(StoredRow row) => row.Key;
    }

    [Fact]
    public async Task Cannot_start_an_operation_that_is_cancelled()
    {
        var row = await InsertAsync("row");
        var missing = Key("", "missing");
        CancellationToken cancelled = new(canceled: true);
        Func<Task>[] operations =
        [
            () => Rows.ReadAsync(row.Key, cancelled),
            () => Rows.TryInsertAsync(missing, Value("text"), cancelled),
            () => Rows.TryReplaceAsync(row, Value("text"), cancelled),
            () => Rows.TryDeleteAsync(row, cancelled),
            () => Rows.QueryAsync(new RowQuery(Table, 1), cancelled),
        ];

        foreach (var operation in operations)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(operation);
        }

        Assert.Null(await Rows.ReadAsync(missing, Token));
        Assert.Equivalent(row, await ReadAsync(row.Key), strict: true);
    }

    /// <summary>The limits of Azure.</summary>
    [Theory]
    [InlineData("a/b", "Text", 1)]
    [InlineData("a\\b", "Text", 1)]
    [InlineData("a#b", "Text", 1)]
    [InlineData("a?b", "Text", 1)]
    [InlineData("row", "Text", 32 * 1024 + 1)]
    public async Task Cannot_store_what_exceeds_the_limits(string row, string name, int length)
    {
        var key = Key("", row);
        Dictionary<string, string> values = new() { [name] = new string('v', length) };

        await Assert.ThrowsAnyAsync<Exception>(() => Rows.TryInsertAsync(key, values, Token));
        Assert.Empty(await QueryAsync(_own));
    }

    protected static Dictionary<string, string> Value(string text) => new() { ["Text"] = text };

    private RowKey Key(string partition, string row) => new(Table, $"{_own}{partition}", row);

    private async Task<StoredRow> ReadAsync(RowKey key) => Assert.IsType<StoredRow>(await Rows.ReadAsync(key, Token));

    private async Task<StoredRow> InsertAsync(string row)
    {
        Assert.True(await Rows.TryInsertAsync(Key("", row), Value("first"), Token));
        return await ReadAsync(Key("", row));
    }

    private async Task InsertAllAsync(IReadOnlyList<RowKey> keys)
    {
        foreach (var some in keys.Chunk(20))
        {
            var inserts = some.Select(key => Rows.TryInsertAsync(key, Value("text"), Token));
            Assert.DoesNotContain(false, await Task.WhenAll(inserts));
        }
    }

    private Task<IReadOnlyList<StoredRow>> QueryAsync(string partition, RowKey? after = null, int count = 1000) =>
        Rows.QueryAsync(new RowQuery(Table, count) { Partition = partition, After = after }, Token);

    private static Task<bool[]> RaceAsync(Func<int, Task<bool>> write) =>
        Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() => write(writer))));

    private static int Winner(bool[] results)
    {
        Assert.Single(results, static won => won);
        return Array.IndexOf(results, true);
    }
}
