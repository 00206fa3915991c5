namespace OnrampFunctions.Operator.DeadLetters;

/// <summary><c>dead-letters remove</c>: for good.</summary>
internal sealed class RemoveCommand(OperatorSurroundings surroundings) : SweepCommand(surroundings)
{
    protected override IReadOnlyList<Role> Roles => [Role.Receiver];

    protected override string Verb => "Remove for good";

    protected override Task<IReadOnlyCollection<long>> StoreAsync(
        IReadOnlyList<ServiceBusReceivedMessage> messages,
        ServiceBusSender queue
    ) => Task.FromResult<IReadOnlyCollection<long>>([]);
}
