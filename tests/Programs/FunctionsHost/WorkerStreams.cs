using System.Collections.Concurrent;
using FunctionsHost.Protocol;
using Grpc.Core;

namespace FunctionsHost;

/// <summary>Accepts the streams of workers and passes each to the code that started the worker.</summary>
internal sealed class WorkerStreams : FunctionRpc.FunctionRpcBase
{
    private readonly ConcurrentDictionary<string, WorkerChannel> _expected = new();

    public WorkerChannel Expect(string workerId) => _expected.GetOrAdd(workerId, static _ => new WorkerChannel());

    public override async Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream,
        IServerStreamWriter<StreamingMessage> responseStream,
        ServerCallContext context
    )
    {
        if (
            !await requestStream.MoveNext(context.CancellationToken)
            || !_expected.TryRemove(requestStream.Current.StartStream?.WorkerId ?? "", out var channel)
        )
        {
            throw new Grpc.Core.RpcException(
                new Status(
                    StatusCode.InvalidArgument,
                    "The first message must be the StartStream of a worker that was started."
                )
            );
        }

        await channel.RunAsync(requestStream, responseStream, context.CancellationToken);
    }
}
