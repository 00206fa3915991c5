using System.Globalization;
using System.Text;
using Onramp.Cancellation.Messages;
using Onramp.Cancellation.Queue;
using Spectre.Console.Cli;

namespace OnrampFunctions.Operator.DeadLetters;

internal sealed class ShowSettings : ConnectionSettings
{
    [CommandArgument(0, "<NUMBER>")]
    [Description("Sequence number from the list")]
    public long Number { get; init; }
}

/// <summary><c>dead-letters show</c>: shows one dead letter completely, except its HMACs.</summary>
internal sealed class ShowCommand(OperatorEnvironment environment) : OperatorCommand<ShowSettings>(environment)
{
    private const int MaxBody = 8192;

    // They would allow the reader to forge a message of the service.
    private static readonly string[] Withheld = [MessageProperties.IdentityMac, MessageProperties.HistoryMac];

    protected override IReadOnlyList<Role> Roles => [Role.Receiver];

    protected override async Task<ExitCode> RunAsync(
        ShowSettings settings,
        Connection connection,
        Screen screen,
        CancellationToken cancellationToken
    )
    {
        await using var receiver = connection.DeadLetters();
        if (await receiver.PeekOneAsync(settings.Number, cancellationToken) is not { } message)
        {
            screen.Note($"{connection.Queue} has no readable dead letter with the number {settings.Number}.");
            return ExitCode.NothingMatched;
        }

        var letter = DeadLetter.Read(message);
        var properties = message.ApplicationProperties.ToDictionary(static property => property.Key, Text);
        var inbound = message.ToInbound();
        var body = inbound.BodyFault is null ? Encoding.UTF8.GetString(inbound.Body.Span) : null;
        if (screen.IsJson)
        {
            screen.Json(
                new DeadLetterDetails(letter.ToItem(Now), message.MessageId, message.ContentType, properties, body),
                OperatorJson.Default.DeadLetterDetails
            );
            return ExitCode.Done;
        }

        Field("number", letter.Number.ToString(CultureInfo.InvariantCulture));
        Field("enqueued", $"{letter.EnqueuedAt:u} ({DurationText.Of(Now - letter.EnqueuedAt)} ago)");
        Field("reason", letter.Reason);
        Field("description", letter.Description);
        Field("order", letter.Order?.Value);
        Field("caller", letter.Caller);
        Field("request id", letter.RequestId);
        Field("message id", message.MessageId);
        Field("content type", message.ContentType);
        foreach (var (name, value) in properties.OrderBy(static property => property.Key, StringComparer.Ordinal))
        {
            Field($"  {TerminalText.Of(name)}", value);
        }

        screen.Line("");
        foreach (var line in body is null ? [$"({inbound.BodyFault})"] : TerminalText.Lines(body, MaxBody).Split('\n'))
        {
            // The prefix keeps a body from looking like output of the tool.
            screen.Line($"  | {line}");
        }

        return ExitCode.Done;

        void Field(string name, string? value) => screen.Line($"{name, -28} {TerminalText.Of(value ?? "-")}");
    }

    private static string Text(KeyValuePair<string, object> property) =>
        property switch
        {
            _ when Withheld.Contains(property.Key) => "(withheld)",
            { Value: var value } when !PropertyValue.IsSimple(value) => "(not a simple value)",
            { Value: var value } => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
}
