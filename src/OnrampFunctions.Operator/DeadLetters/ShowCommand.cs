using System.Globalization;
using System.Text;
using Onramp.Cancellation.Queueing;
using Onramp.Cancellation.ServiceBus;
using Spectre.Console.Cli;

namespace OnrampFunctions.Operations.DeadLetters;

internal sealed class ShowSettings : ConnectionSettings
{
    [CommandArgument(0, "<NUMBER>")]
    [Description("Sequence number, as list shows it")]
    public long Number { get; init; }
}

/// <summary><c>dead-letters show</c>: everything that one says, but what proves something to the service.</summary>
internal sealed class ShowCommand(OperatorSurroundings surroundings) : OperatorCommand<ShowSettings>(surroundings)
{
    private const int MaxBody = 8192;

    // Who has them may disarm a timeout, or could show them as the service's own.
    private static readonly string[] Withheld = [MessageProperties.Token, MessageProperties.OutcomeMac];

    protected override IReadOnlyList<Role> Roles => [Role.Receiver];

    protected override async Task<ExitCode> RunAsync(ShowSettings settings, Connection connection, Screen screen, CancellationToken cancellationToken)
    {
        await using var receiver = connection.DeadLetters();
        var message = await receiver.PeekMessageAsync(settings.Number, cancellationToken);
        if (message is null || message.SequenceNumber != settings.Number)
        {
            screen.Note($"No dead letter in {connection.Queue} has the number {settings.Number}.");
            return ExitCode.NothingMatched;
        }

        var letter = DeadLetter.Read(message);
        var properties = message.ApplicationProperties.ToDictionary(
            static property => property.Key, static property => Withheld.Contains(property.Key) ? "(withheld)" : Convert.ToString(property.Value, CultureInfo.InvariantCulture) ?? "");
        var body = message.TryToInbound(out var inbound) ? Encoding.UTF8.GetString(inbound.Body.Span) : null;
        if (screen.IsJson)
        {
            screen.Json(new DeadLetterDetails(DeadLetterItem.Of(letter, Now), message.MessageId, message.ContentType, properties, body), DeadLetterJson.Default.DeadLetterDetails);
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
        foreach (var line in body is null ? ["(The body is not bytes.)"] : TerminalText.Lines(body, MaxBody).Split('\n'))
        {
            // So that no body can look like a line of the tool's.
            screen.Line($"  | {line}");
        }

        return ExitCode.Done;

        void Field(string name, string? value) => screen.Line($"{name,-28} {TerminalText.Of(value ?? "-")}");
    }
}
