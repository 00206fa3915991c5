using System.Text;

namespace Onramp.Cancellation.Model.Tests;

/// <summary>
/// One history: the tables, the queue, the topic and Onramp, and the operations of the service under way. Everything
/// runs on one thread: a call of the service waits only if the history says so.
/// </summary>
internal sealed class World(Rig rig, bool explain)
{
    public static readonly string[] OrderIds = ["1443", "2886"];

    private const string VersionProperty = "onrampCancel_version";
    private const string RequestIdProperty = "onrampCancel_requestId";

    // The service's servers end an operation after this time at the latest.
    private static readonly TimeSpan LatestArrival = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DuplicateWindow = TimeSpan.FromMinutes(10);
    private static readonly AsyncLocal<Operation?> Running = new();

    private static readonly (int Order, string? Caller)[] Owners = [(0, null), (0, "shop"), (1, null)];

    private readonly Dictionary<RowKey, StoredRow> _rows = [];
    private readonly List<Message> _queue = [];
    private readonly List<Message> _deadLetters = [];
    private readonly Dictionary<string, DateTimeOffset> _messageIds = [];
    private readonly List<Operation> _operations = [];
    private readonly List<(DateTimeOffset Latest, Action Effect)> _late = [];
    private readonly Dictionary<string, (long Begun, DateTimeOffset At, int Order, bool Follows)> _armingMessages = [];
    private readonly string?[] _lastIds = new string?[3];
    private readonly OrderState[] _orders =
    [
        // Onramp reports whole seconds.
        .. OrderIds.Select(_ => new OrderState(
            OrderStatus.WaitingForPayment,
            DateTimeOffset.FromUnixTimeSeconds(rig.Time.GetUtcNow().ToUnixTimeSeconds() + 120)
        )),
    ];

    private long _events;
    private long _eTags;
    private long _numbers;

    public Rules Rules { get; } = new(rig.Time) { Events = explain ? [] : null };

    private DateTimeOffset Now => rig.Time.GetUtcNow();

    /// <summary>Runs a history to its end.</summary>
    public void Run(IEnumerable<Step> steps)
    {
        foreach (var step in steps)
        {
            // Changes of one instant have no order.
            Advance(TimeSpan.FromMilliseconds(1));
            Rules.Log($"{step}");
            Take(step);
            if (Rules.Broken is not null)
            {
                return;
            }
        }

        Rules.Log($"The end: no more faults.");
        End();
    }

    /// <summary>Nothing of this world has an effect any more.</summary>
    public void Abandon() => _operations.ForEach(static operation => operation.HasCrashed = true);

    private void Take(Step step)
    {
        switch (step)
        {
            case Arm arm:
                ArmTimeout(arm);
                break;
            case ArmByMessage arm:
                SendArming(arm);
                break;
            case Disarm disarm:
                DisarmTimeout(disarm);
                break;
            case GoOn goOn:
                GoOnWith(goOn);
                break;
            case WaitForAlarm when _queue.Where(message => message.DueAt > Now).ToList() is { Count: > 0 } waiting:
                Advance(waiting.Min(static message => message.DueAt) - Now);
                break;
            case Wait wait:
                Advance(TimeSpan.FromSeconds(wait.Seconds));
                break;
            case ChangeOrder { Order: var order } change when _orders[order].IsWaiting:
                _orders[order] = change.Change switch
                {
                    Change.Extended => _orders[order] with { End = _orders[order].End.AddMinutes(5) },
                    Change.Paid => _orders[order] with { Status = OrderStatus.PaymentReceived },
                    Change.Cancelled => _orders[order] with { Status = OrderStatus.Cancelled },
                };
                break;
            case Arrive arrive when _late.Count > 0:
                Land(_late[arrive.Index % _late.Count]);
                break;
            case Replay replay when _deadLetters.Count > 0:
                ReplayDeadLetter(_deadLetters[replay.Index % _deadLetters.Count]);
                break;
        }
    }

    private void GoOnWith(GoOn step)
    {
        var parked = _operations.FindAll(static operation => operation.Parked is not null);
        var due = _queue.FindAll(message => message.DueAt <= Now);
        if (parked.Count + due.Count == 0)
        {
            return;
        }

        var index = step.Index % (parked.Count + due.Count);
        if (index < parked.Count)
        {
            ResumeParked(parked[index], step.Fault);
        }
        else
        {
            Handle(due[index - parked.Count], step.Fault);
        }
    }

    private void ArmTimeout(Arm arm)
    {
        var (order, caller) = Owners[arm.Whose];
        var id = arm.Id switch
        {
            ChangeId.None => null,
            ChangeId.New => $"change-{_events}",
            ChangeId.Last => _lastIds[arm.Whose],
        };
        _lastIds[arm.Whose] = id ?? _lastIds[arm.Whose];
        TimeoutChange change = new()
        {
            Order = Reference(order),
            Caller = caller,
            Id = id,
            AskedAt = Now,
            DueAt = arm.Seconds is { } seconds ? Now.AddSeconds(seconds) : null,
        };
        Operation operation = new("PUT", ++_events, version: null, arm.Fault)
        {
            IsArming = true,
            ChangeId = id is null ? null : $"{id} of {caller}",
            Row = RowOf(order, caller),
        };
        Start(
            operation,
            async () =>
            {
                var result = await rig.Timeouts.ArmAsync(change, CancellationToken.None);
                EndOf(operation, () => Rules.OnArmed(operation, result));
            }
        );
    }

    private void SendArming(ArmByMessage arm)
    {
        var id = $"message-{++_events}";
        var timing = arm.Seconds is { } seconds ? $"\"after\":\"PT{seconds}S\"" : "\"whenExpired\":true";
        _armingMessages[id] = (_events, Now, arm.Order, arm.Seconds is null);
        Enqueue(
            new InboundMessage
            {
                MessageId = id,
                ContentType = "application/json",
                Body = Encoding.UTF8.GetBytes($$"""{"orderId":"{{OrderIds[arm.Order]}}",{{timing}}}"""),
            },
            Now
        );
    }

    private void DisarmTimeout(Disarm disarm)
    {
        var (order, caller) = Owners[disarm.Whose];
        Operation operation = new("DELETE", ++_events, version: null, disarm.Fault)
        {
            IsDisarming = true,
            Row = RowOf(order, caller),
        };
        Start(
            operation,
            async () =>
            {
                var id = $"disarm-{operation.Begun}";
                var result = await rig.Timeouts.DisarmAsync(Reference(order), caller, id, CancellationToken.None);
                EndOf(operation, () => Rules.OnDisarmed(operation, result));
            }
        );
    }

    private void Handle(Message message, Fault? fault)
    {
        var properties = message.Content.Properties;
        var version = properties.GetValueOrDefault(VersionProperty) as string;
        var id = properties.GetValueOrDefault(RequestIdProperty) as string ?? message.Content.MessageId!;
        var arming = version is null ? _armingMessages[id] : default;
        Operation operation = new("delivery", version is null ? arming.Begun : ++_events, version, fault)
        {
            IsArming = version is null,
            ArmingMessage = version is null ? id : null,
            ChangeId = version is null ? id : null,
            Row = version is null ? RowOf(arming.Order, caller: null) : Rules.RowOf(version),
        };
        Start(
            operation,
            async () =>
            {
                var settlement = await rig.Messages.HandleAsync(message.Content, CancellationToken.None);
                EndOf(operation, () => Settle(operation, message, settlement));
            }
        );
    }

    private void Settle(Operation operation, Message message, Settlement settlement)
    {
        Rules.Log($"  {operation.Name} {message.Number} ends with {settlement.Kind} {settlement.Description}");
        var properties = message.Content.Properties.ToDictionary();
        foreach (var (name, value) in settlement.Properties ?? new Dictionary<string, object>())
        {
            properties[name] = value;
        }

        if (settlement.Kind == SettlementKind.Abandon)
        {
            message.Content = message.Content with { Properties = properties };
            return;
        }

        // Another delivery of the same message may have settled it.
        var isSettled = _queue.Remove(message);
        if (settlement.Kind == SettlementKind.DeadLetter && isSettled)
        {
            properties["DeadLetterReason"] = settlement.Reason!;
            message.Content = message.Content with { Properties = properties };
            _deadLetters.Add(message);
        }
        else if (operation.ArmingMessage is { } id && !operation.IsCopied && !_armingMessages[id].Follows)
        {
            Rules.OnArmingCompleted(operation, _armingMessages[id].At);
        }
    }

    private void ReplayDeadLetter(Message message)
    {
        _deadLetters.Remove(message);
        Enqueue(
            message.Content with
            {
                MessageId = DeadLetterReplay.MessageId(message.Content),
                Properties = DeadLetterReplay.Properties(message.Content),
            },
            Now
        );
    }

    private void Start(Operation operation, Func<Task> run)
    {
        _operations.Add(operation);
        Running.Value = operation;
        operation.Task = run();
        Running.Value = null;
        CheckFailures();
    }

    private void ResumeParked(Operation operation, Fault? fault)
    {
        (operation.Fault, operation.Calls) = (fault, 0);
        var go = operation.Parked!;
        go(NextFate(operation));
        CheckFailures();
    }

    private void CheckFailures()
    {
        foreach (var operation in _operations)
        {
            if (operation.Task.IsFaulted && !operation.HasCrashed)
            {
                Rules.Break($"{operation.Name} throws {operation.Task.Exception.InnerException}");
            }
        }

        _operations.RemoveAll(static operation => operation.HasCrashed || operation.Task.IsCompleted);
    }

    private void EndOf(Operation operation, Action then)
    {
        if (!operation.HasCrashed)
        {
            operation.Ended = ++_events;
            then();
        }
    }

    /// <summary>Everything is delivered and time passes, without faults.</summary>
    private void End()
    {
        for (var round = 0; round < 500 && Rules.Broken is null; round++)
        {
            if (_operations.Find(static operation => operation.Parked is not null) is { } parked)
            {
                ResumeParked(parked, fault: null);
            }
            else if (_operations.Count > 0)
            {
                // It waits between two tries.
                _operations.ForEach(static operation => operation.Fault = null);
                Advance(TimeSpan.FromSeconds(1));
            }
            else if (_queue.Find(message => message.DueAt <= Now) is { } due)
            {
                Handle(due, fault: null);
            }
            else if (
                _deadLetters.Find(static one =>
                    one.Content.Properties["DeadLetterReason"] is not "DeliveriesExhausted"
                ) is
                { } dead
            )
            {
                // A message can wait for a timeout whose alarm is a dead letter.
                ReplayDeadLetter(dead);
            }
            else if (_late.Count > 0 || _queue.Count > 0)
            {
                var next = _late
                    .Select(static late => late.Latest)
                    .Concat(_queue.Select(static one => one.DueAt))
                    .Min();
                Advance(next > Now ? next - Now : TimeSpan.FromMilliseconds(1));
            }
            else
            {
                Rules.AtEnd(
                    _rows
                        .Values.Where(static row => row.Key.Table == RowTable.CancelTimeouts)
                        .Select(static row => TimeoutRow.Read(row)!)
                );
                return;
            }
        }

        if (Rules.Broken is null)
        {
            Rules.Break("Every history ends.");
        }
    }

    private void Advance(TimeSpan by)
    {
        var end = Now + by;
        while (_late.Count > 0 && _late.MinBy(static late => late.Latest) is var next && next.Latest <= end)
        {
            if (next.Latest > Now)
            {
                rig.Time.Advance(next.Latest - Now);
            }

            Land(next);
        }

        if (end > Now)
        {
            rig.Time.Advance(end - Now);
        }

        CheckFailures();
    }

    private void Land((DateTimeOffset Latest, Action Effect) late)
    {
        _late.Remove(late);
        late.Effect();
    }

    public Task<StoredRow?> ReadAsync(RowKey key, CancellationToken cancellationToken) =>
        CallAsync($"read {key.Table}", () => _rows.GetValueOrDefault(key), cancellationToken);

    public Task<bool> WriteAsync(
        RowKey key,
        string? eTag,
        IReadOnlyDictionary<string, string> values,
        CancellationToken cancellationToken
    )
    {
        var operation = Running.Value!;
        StoredRow next = new(key, values.ToDictionary(), $"{++_eTags}");
        return CallAsync(
            $"write {key.Table}",
            () =>
            {
                var before = _rows.GetValueOrDefault(key);
                if (before?.ETag != eTag)
                {
                    Rules.Log($"  a conflict");
                    return false;
                }

                if (key.Table == RowTable.CancelTimeouts)
                {
                    Rules.OnWrite(
                        operation,
                        key,
                        before is null ? null : TimeoutRow.Read(before),
                        TimeoutRow.Read(next)!
                    );
                }

                _rows[key] = next;
                return true;
            },
            cancellationToken
        );
    }

    public Task<long> ScheduleAsync(OutboundMessage message, DateTimeOffset dueAt, CancellationToken cancellationToken)
    {
        var operation = Running.Value!;
        var version = message.Properties.FirstOrDefault(static one => one.Key == VersionProperty).Value as string;
        if (version is null || version == operation.Version)
        {
            operation.IsCopied = true;
        }
        else if (!operation.HasCrashed)
        {
            Rules.OnAlarm(operation, version, operation.Row!.Value);
        }

        InboundMessage content = new()
        {
            MessageId = message.MessageId,
            CorrelationId = message.CorrelationId,
            Subject = message.Subject,
            ContentType = message.ContentType,
            Routing = message.Routing,
            TimeToLive = message.TimeToLive ?? TimeSpan.MaxValue,
            Body = message.Body,
            Properties = message.Properties.ToDictionary(),
        };
        return CallAsync("schedule", () => Enqueue(content, dueAt), cancellationToken);
    }

    public Task<bool> TakeBackAsync(
        long number,
        Func<IReadOnlyDictionary<string, object>, bool> isTheOne,
        CancellationToken cancellationToken
    )
    {
        var operation = Running.Value!;
        return CallAsync(
            "take back",
            () =>
            {
                var found = _queue.Find(one =>
                    one.Number == number && one.DueAt > Now && isTheOne(one.Content.Properties)
                );
                if (found is not null)
                {
                    Rules.OnTakenBack(operation, (string)found.Content.Properties[VersionProperty]);
                    _queue.Remove(found);
                }

                return found is not null;
            },
            cancellationToken
        );
    }

    public Task PublishAsync(OutboundMessage outcome, CancellationToken cancellationToken) =>
        CallAsync(
            "publish",
            () =>
            {
                var properties = outcome.Properties.ToDictionary();
                Rules.OnPublished(outcome.CorrelationId!, (string)properties["outcome"]);
                return true;
            },
            cancellationToken
        );

    public async Task<string> GetOrderAsync(int order, CancellationToken cancellationToken)
    {
        var operation = Running.Value!;
        var state = await CallAsync("getOrder", () => _orders[order], cancellationToken);
        operation.LastReading = state;
        var (status, end) = ((int)state.Status, state.End.ToUnixTimeSeconds());
        return $$$"""
            {"status":1,"code":200,"data":{"orderId":{{{OrderIds[order]}}},"status":{{{status}}},"endTime":{{{end}}}}}
            """;
    }

    public Task<string> CancelOrderAsync(int order, CancellationToken cancellationToken)
    {
        if (Running.Value is { HasCrashed: false } operation)
        {
            Rules.OnCancel(operation);
        }

        return CallAsync(
            "cancelOrder",
            () =>
            {
                if (!_orders[order].IsWaiting)
                {
                    return """{"status":0,"error":"Order cannot be cancelled","code":400}""";
                }

                _orders[order] = _orders[order] with { Status = OrderStatus.Cancelled };
                return $$$"""{"status":1,"data":{"orderId":"{{{OrderIds[order]}}}","status":-3},"code":200}""";
            },
            cancellationToken
        );
    }

    /// <summary>A call of the service to the outside: its fate is known, or it is parked.</summary>
    private Task<T> CallAsync<T>(string name, Func<T> effect, CancellationToken cancellationToken)
    {
        var operation = Running.Value!;
        TaskCompletionSource<T> answer = new();
        CancellationTokenRegistration onCancelled = default;
        if (operation.HasCrashed)
        {
            // The service's own time limits free what the call has taken.
            cancellationToken.UnsafeRegister(_ => answer.TrySetCanceled(cancellationToken), null);
            return answer.Task;
        }

        Go(NextFate(operation));
        return answer.Task;

        void Go(Fate fate)
        {
            Rules.Log($"  {operation.Name}: {name}{(fate == Fate.Done ? "" : $": {fate}")}");
            onCancelled.Dispose();
            operation.Parked = null;
            switch (fate)
            {
                case Fate.Done:
                    answer.SetResult(effect());
                    break;

                case Fate.OwnConflict
                    when typeof(T) == typeof(bool) && name.StartsWith("write", StringComparison.Ordinal):
                    effect();
                    answer.SetResult(default!);
                    break;

                case Fate.OwnConflict:
                    answer.SetResult(effect());
                    break;

                case Fate.Refused:
                    answer.SetException(new IOException("Refused."));
                    break;

                case Fate.AnswerLost:
                    effect();
                    answer.SetException(new IOException("The answer is lost."));
                    break;

                case Fate.Late:
                    Delay();
                    answer.SetException(new IOException("No answer."));
                    break;

                case Fate.Parked:
                    operation.Parked = Go;
                    onCancelled = cancellationToken.UnsafeRegister(
                        _ =>
                        {
                            if (answer.Task.IsCompleted || operation.HasCrashed)
                            {
                                answer.TrySetCanceled(cancellationToken);
                                return;
                            }

                            Rules.Log($"  {operation.Name}: {name} takes too long");
                            operation.Parked = null;
                            Delay();
                            answer.TrySetCanceled(cancellationToken);
                        },
                        null
                    );
                    break;

                case Fate.Crash:
                    Crash();
                    break;

                case Fate.CrashAfter:
                    effect();
                    Crash();
                    break;

                case Fate.CrashLate:
                    Delay();
                    Crash();
                    break;
            }
        }

        void Delay() =>
            _late.Add(
                (
                    Now + LatestArrival,
                    () =>
                    {
                        Rules.Log($"  late: {operation.Name}: {name}");
                        effect();
                    }
                )
            );

        void Crash()
        {
            (operation.HasCrashed, operation.Ended) = (true, ++_events);
            cancellationToken.UnsafeRegister(_ => answer.TrySetCanceled(cancellationToken), null);
        }
    }

    private static Fate NextFate(Operation operation) => operation.Fault?.FateOf(operation.Calls++) ?? Fate.Done;

    private long Enqueue(InboundMessage content, DateTimeOffset dueAt)
    {
        var number = ++_numbers;
        if (_messageIds.TryGetValue(content.MessageId!, out var seen) && Now - seen < DuplicateWindow)
        {
            return number;
        }

        _messageIds[content.MessageId!] = Now;
        _queue.Add(
            new Message(number, dueAt)
            {
                Content = content with { SequenceNumber = number, EnqueuedTime = dueAt > Now ? dueAt : Now },
            }
        );
        return number;
    }

    private RowKey RowOf(int order, string? caller)
    {
        var row = TimeoutRow.Key(Reference(order), caller);
        Rules.OnOwner(row, (order, caller));
        return row;
    }

    private static OrderReference Reference(int order) => OrderReference.FromOrderId(OrderIds[order]);

    /// <summary>A message of the queue; it is due once its time has come.</summary>
    private sealed class Message(long number, DateTimeOffset dueAt)
    {
        public long Number => number;

        public DateTimeOffset DueAt => dueAt;

        public required InboundMessage Content { get; set; }
    }
}
