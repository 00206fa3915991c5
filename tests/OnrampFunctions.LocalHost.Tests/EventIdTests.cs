using System.Reflection;
using Microsoft.Extensions.Logging;

namespace OnrampFunctions.LocalHost.Tests;

public sealed class EventIdTests
{
    /// <summary>Alerts and operators search log lines by event id.</summary>
    [Fact]
    public void No_two_log_lines_have_one_event_id()
    {
        Assembly[] assemblies =
        [
            typeof(OrderCancellation).Assembly,
            typeof(OrderApi).Assembly,
            typeof(MessageDispatcher).Assembly,
            typeof(LocalApp).Assembly,
        ];
        var lines = assemblies
            .SelectMany(static assembly => assembly.GetTypes())
            .SelectMany(static type =>
                type.GetMethods(
                    BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly
                )
            )
            .Select(static method =>
                (
                    Id: method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId,
                    Name: $"{method.DeclaringType!.DeclaringType?.Name}.{method.Name}"
                )
            )
            .Where(static line => line.Id is not null)
            .ToList();
        Assert.True(lines.Count > 20, "Hardly any line was found.");
        Assert.All(
            lines.GroupBy(static line => line.Id),
            static same => Assert.Single(same.Select(static line => line.Name).Distinct())
        );
    }
}
