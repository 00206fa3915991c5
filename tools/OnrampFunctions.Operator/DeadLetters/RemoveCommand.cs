namespace OnrampFunctions.Operator.DeadLetters;

/// <summary><c>dead-letters remove</c>: removes dead letters permanently.</summary>
internal sealed class RemoveCommand(OperatorEnvironment environment) : ChangeCommand(environment)
{
    protected override IReadOnlyList<Role> Roles => [Role.Receiver];

    protected override string Verb => "Remove permanently";

    protected override Task<IReadOnlyCollection<long>> StoreAsync(
        IReadOnlyList<ServiceBusReceivedMessage> messages,
        ServiceBusSender queue
    ) => Task.FromResult<IReadOnlyCollection<long>>([]);
}
