namespace OnrampFunctions.Operator.DeadLetters;

/// <summary><c>dead-letters remove</c>: for good.</summary>
internal sealed class RemoveCommand(OperatorEnvironment environment) : ChangeCommand(environment)
{
    protected override IReadOnlyList<Role> Roles => [Role.Receiver];

    protected override string Verb => "Remove for good";

    protected override Task<IReadOnlyCollection<long>> StoreAsync(
        IReadOnlyList<ServiceBusReceivedMessage> messages,
        ServiceBusSender queue
    ) => Task.FromResult<IReadOnlyCollection<long>>([]);
}
