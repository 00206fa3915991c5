using System.Text.RegularExpressions;

namespace ServiceBusEmulator.Tests;

/// <summary>The code in the emulator's README runs.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public async Task Starts_as_the_README_says()
    {
        Directory.SetCurrentDirectory(AppContext.BaseDirectory);

#pragma warning disable xUnit1051 // Readers need no cancellation token.
        // README
        await using var emulator = await Emulator.StartAsync("Config.json");
        await using ServiceBusClient client = new(emulator.ConnectionString);
        // End
#pragma warning restore xUnit1051

        await using var sender = client.CreateSender("orders");
        await sender.SendMessageAsync(new ServiceBusMessage("hello"), RunningEmulator.Token);
        await using var receiver = client.CreateReceiver("orders");
        var message = await receiver.ReceiveMessageAsync(cancellationToken: RunningEmulator.Token);
        Assert.Equal("hello", message.Body.ToString());
    }

    [Fact]
    public void Shows_the_code_that_this_test_runs()
    {
        var shown = Between(Read("README.md"), "```csharp", "```");
        var tested = Between(Read("ReadmeTests.cs"), "// README", "// End");
        Assert.Equal(Normalize(tested), Normalize(shown));
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, file));

    private static string Between(string text, string start, string end) => text.Split(start)[1].Split(end)[0];

    private static string Normalize(string code) => WhiteSpace().Replace(code.Trim(), " ");

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
