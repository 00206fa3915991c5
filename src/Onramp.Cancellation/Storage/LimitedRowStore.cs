using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Onramp.Cancellation.Telemetry;
using Polly;
using Polly.CircuitBreaker;

namespace Onramp.Cancellation.Storage;

/// <summary>
/// The tables with a time limit on every operation. When nearly all operations of half a minute have failed, operations
/// fail at once for a few seconds, so that tables that never answer do not delay every cancel.
/// </summary>
internal sealed partial class LimitedRowStore : IRowStore
{
    private const int LeastOperations = 5;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(5);

    private readonly IRowStore _rows;
    private readonly ILogger<LimitedRowStore> _logger;
    private readonly ResiliencePipeline _limit;

    public LimitedRowStore(
        IRowStore rows,
        IOptions<RecordsOptions> options,
        TimeProvider time,
        ILogger<LimitedRowStore> logger
    )
    {
        (_rows, _logger) = (rows, logger);
        _limit = new ResiliencePipelineBuilder { TimeProvider = new ElapsedTime(time) }
            .AddCircuitBreaker(
                new CircuitBreakerStrategyOptions
                {
                    FailureRatio = 0.9,
                    MinimumThroughput = LeastOperations,
                    SamplingDuration = Window,
                    BreakDuration = Break,
                    ShouldHandle = static args =>
                        ValueTask.FromResult(
                            args.Outcome.Exception is not null
                                && !args.Context.CancellationToken.IsCancellationRequested
                        ),
                }
            )
            .AddTimeout(options.Value.OperationTimeout)
            .Build();
    }

    public Task<StoredRow?> ReadAsync(RowKey key, CancellationToken cancellationToken) =>
        LimitAsync(key.Table, token => _rows.ReadAsync(key, token), cancellationToken);

    public Task<bool> TryInsertAsync(
        RowKey key,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    ) => LimitAsync(key.Table, token => _rows.TryInsertAsync(key, values, token), cancellationToken);

    public Task<bool> TryReplaceAsync(
        StoredRow read,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    ) => LimitAsync(read.Key.Table, token => _rows.TryReplaceAsync(read, values, token), cancellationToken);

    public Task<bool> TryDeleteAsync(StoredRow read, CancellationToken cancellationToken) =>
        LimitAsync(read.Key.Table, token => _rows.TryDeleteAsync(read, token), cancellationToken);

    public Task<IReadOnlyList<StoredRow>> QueryAsync(RowQuery query, CancellationToken cancellationToken) =>
        LimitAsync(query.Table, token => _rows.QueryAsync(query, token), cancellationToken);

    private async Task<T> LimitAsync<T>(
        RowTable table,
        Func<CancellationToken, Task<T>> use,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await _limit.ExecuteAsync(
                static async (use, token) => await use(token).WaitAsync(token),
                use,
                cancellationToken
            );
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (exception is not BrokenCircuitException)
            {
                Log.Failed(_logger, table, LogText.Of(exception.Message));
            }

            throw new TablesUnavailableException(table, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            812,
            LogLevel.Warning,
            "An operation on table {Table} failed, and its result is unknown: {Reason}"
        )]
        public static partial void Failed(ILogger logger, RowTable table, string reason);
    }
}
