using System.Collections.Concurrent;
using System.Threading.Channels;
using FunctionsHost.Protocol;
using Grpc.Core;

namespace FunctionsHost;

/// <summary>The host's end of the stream to one worker: requests, responses and logs.</summary>
public sealed class WorkerChannel
{
    private readonly Channel<StreamingMessage> _outgoing = Channel.CreateUnbounded<StreamingMessage>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _asked = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<InvocationResponse>> _invoked = new();
    private readonly ConcurrentQueue<RpcLog> _logs = new();
    private volatile Exception? _lost;
    private volatile Exception? _failed;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the worker logged over the stream.</summary>
    public IReadOnlyCollection<RpcLog> Logs => _logs;

    /// <summary>The number of invocations in progress.</summary>
    public int Invocations => _invoked.Count;

    /// <summary>Completes when the worker has reported that it is ready.</summary>
    public Task Started => _started.Task;

    /// <summary>Sends a request and returns its response.</summary>
    public async Task<StreamingMessage> AskAsync(StreamingMessage question, CancellationToken cancellationToken)
    {
        question.RequestId = Guid.NewGuid().ToString();
        var answer = _asked.GetOrAdd(
            question.RequestId,
            static _ => new(TaskCreationOptions.RunContinuationsAsynchronously)
        );
        Tell(question);
        if (_lost is { } reason)
        {
            answer.TrySetException(reason);
        }

        return await answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Invokes a function. As in the Functions host, an invocation whose worker has exited stays open until <see
    /// cref="Fail"/> and then fails.
    /// </summary>
    public Task<InvocationResponse> InvokeAsync(InvocationRequest invocation)
    {
        var answer = _invoked.GetOrAdd(
            invocation.InvocationId,
            static _ => new(TaskCreationOptions.RunContinuationsAsynchronously)
        );
        Tell(new StreamingMessage { RequestId = Guid.NewGuid().ToString(), InvocationRequest = invocation });
        if (_failed is { } reason && _invoked.TryRemove(invocation.InvocationId, out _))
        {
            answer.TrySetException(reason);
        }

        return answer.Task;
    }

    /// <summary>Sends a message without a response.</summary>
    public void Tell(StreamingMessage message) => _outgoing.Writer.TryWrite(message);

    /// <summary>Cancels the token of every invocation in progress, as the Functions host does when it stops.</summary>
    public void CancelInvocations()
    {
        foreach (var invocation in _invoked.Keys)
        {
            Tell(new() { InvocationCancel = new() { InvocationId = invocation } });
        }
    }

    /// <summary>Fails every invocation in progress, and all later ones.</summary>
    internal void Fail(Exception reason)
    {
        _failed = reason;
        foreach (var invocation in _invoked.Keys)
        {
            if (_invoked.TryRemove(invocation, out var answer))
            {
                answer.TrySetException(reason);
            }
        }
    }

    /// <summary>Transfers messages in both directions until the worker exits.</summary>
    internal async Task RunAsync(
        IAsyncStreamReader<StreamingMessage> incoming,
        IServerStreamWriter<StreamingMessage> outgoing,
        CancellationToken gone
    )
    {
        _started.TrySetResult();
        var writing = WriteAsync(outgoing, gone);
        try
        {
            while (await incoming.MoveNext(gone))
            {
                Take(incoming.Current);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The process of the worker has exited.
        }

        _outgoing.Writer.TryComplete();
        await writing;
        IOException lost = new("The worker is gone.");
        _lost = lost;
        _asked.Values.ToList().ForEach(answer => answer.TrySetException(lost));
    }

    private void Take(StreamingMessage message)
    {
        switch (message.ContentCase)
        {
            case StreamingMessage.ContentOneofCase.RpcLog:
                _logs.Enqueue(message.RpcLog);
                break;
            case StreamingMessage.ContentOneofCase.InvocationResponse
                when _invoked.TryRemove(message.InvocationResponse.InvocationId, out var invocation):
                invocation.TrySetResult(message.InvocationResponse);
                break;
            default:
                if (_asked.TryRemove(message.RequestId, out var asked))
                {
                    asked.TrySetResult(message);
                }

                break;
        }
    }

    private async Task WriteAsync(IServerStreamWriter<StreamingMessage> outgoing, CancellationToken gone)
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync(gone))
            {
                await outgoing.WriteAsync(message, gone);
            }
        }
        catch (Exception exception)
            when (exception is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The process of the worker has exited.
        }
    }
}
