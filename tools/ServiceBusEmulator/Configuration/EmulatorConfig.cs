using System.Text.Json;
using System.Xml;
using ServiceBusEmulator.Broker;

namespace ServiceBusEmulator.Configuration;

/// <summary>
/// Reads queues and topics from the configuration file of Microsoft's emulator, so that one file serves both.
/// </summary>
public sealed class EmulatorConfig
{
    private readonly string _path;
    private readonly QueueSettings _defaults;
    private readonly List<(string From, string To)> _forwards = [];

    private EmulatorConfig(string path, QueueSettings defaults)
    {
        _path = path;
        _defaults = defaults;
    }

    /// <param name="path">The file.</param>
    /// <param name="defaults">The settings of every entity that the file does not set; null for those of Service
    /// Bus.</param>
    /// <exception cref="EmulatorConfigException">The file cannot be read, or asks for something that the emulator does
    /// not support.</exception>
    public static BrokerEntities Read(string path, QueueSettings? defaults = null)
    {
        try
        {
            var document = JsonSerializer.Deserialize(
                File.ReadAllText(path),
                EmulatorConfigJsonContext.Default.EmulatorConfigDocument
            );
            return new EmulatorConfig(path, defaults ?? new QueueSettings()).Read(
                document?.UserConfig?.Namespaces
                    ?? throw new EmulatorConfigException(
                        $"{path} is not the emulator's configuration: it has no UserConfig.Namespaces."
                    )
            );
        }
        catch (JsonException exception)
        {
            throw new EmulatorConfigException($"{path} cannot be read: {Explain(exception)}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EmulatorConfigException($"{path} cannot be read: {exception.Message}", exception);
        }
    }

    private BrokerEntities Read(List<EmulatorConfigDocument.NamespaceSection?> listed)
    {
        var namespaces = Entries(listed, "Namespaces").ToList();
        QueueDescription[] queues =
        [
            .. namespaces
                .SelectMany(ns => Entries(ns.Queues, "Queues"))
                .Select(queue => new QueueDescription(Name(queue), Settings(queue, queue.Name))),
        ];
        TopicDescription[] topics = [.. namespaces.SelectMany(ns => Entries(ns.Topics, "Topics")).Select(Topic)];
        CheckNames([.. queues.Select(queue => queue.Name), .. topics.Select(topic => topic.Name)]);
        CheckForwards([.. queues.Select(queue => queue.Name), .. topics.Select(topic => topic.Name)], topics);
        return new BrokerEntities(queues, topics, _forwards);
    }

    private TopicDescription Topic(EmulatorConfigDocument.EntitySection topic)
    {
        var settings = Settings(topic, topic.Name);
        SubscriptionDescription[] subscriptions =
        [
            .. Entries(topic.Subscriptions, $"Subscriptions of '{topic.Name}'")
                .Select(subscription =>
                {
                    var path = $"{topic.Name}/subscriptions/{Name(subscription)}";
                    var own = Settings(subscription, path);
                    var filters = Filters(subscription, path);
                    return new SubscriptionDescription(
                        subscription.Name,
                        own with
                        {
                            TimeToLive = own.TimeToLive < settings.TimeToLive ? own.TimeToLive : settings.TimeToLive,
                        },
                        filters
                    );
                }),
        ];
        CheckNames([.. subscriptions.Select(subscription => subscription.Name)]);
        return new TopicDescription(Name(topic), settings, subscriptions);
    }

    private QueueSettings Settings(EmulatorConfigDocument.EntitySection entity, string path)
    {
        var properties = entity.Properties;
        if (properties.RequiresSession is true)
        {
            throw Fault($"'{path}' requires sessions, which the emulator does not have: set RequiresSession to false");
        }

        if (properties.MaxDeliveryCount is < 1)
        {
            throw Fault($"MaxDeliveryCount of '{path}' must be at least 1");
        }

        Forward(path, properties.ForwardTo);
        Forward(path + MessageBroker.DeadLetterSuffix, properties.ForwardDeadLetteredMessagesTo);
        return _defaults with
        {
            LockDuration =
                Duration(properties.LockDuration, path, nameof(properties.LockDuration)) ?? _defaults.LockDuration,
            MaxDeliveryCount = properties.MaxDeliveryCount ?? _defaults.MaxDeliveryCount,
            DuplicateWindow = properties.RequiresDuplicateDetection is true
                ? Duration(
                    properties.DuplicateDetectionHistoryTimeWindow,
                    path,
                    nameof(properties.DuplicateDetectionHistoryTimeWindow)
                ) ?? _defaults.DuplicateWindow
                : TimeSpan.Zero,
            TimeToLive =
                Duration(properties.DefaultMessageTimeToLive, path, nameof(properties.DefaultMessageTimeToLive))
                ?? _defaults.TimeToLive,
            DeadLetterExpired = properties.DeadLetteringOnMessageExpiration is true,
        };
    }

    /// <summary>The filters of a subscription; null when it receives everything.</summary>
    private List<CorrelationFilter>? Filters(EmulatorConfigDocument.EntitySection subscription, string path)
    {
        var rules = Entries(subscription.Rules, $"Rules of '{path}'").ToList();
        List<CorrelationFilter> filters = [];
        var matchesAll = rules.Count == 0;
        foreach (var rule in rules)
        {
            if (!string.IsNullOrWhiteSpace(rule.Properties.Action?.SqlExpression))
            {
                throw Fault(
                    $"rule '{rule.Name}' of '{path}' has an action, which the emulator does not support: remove it"
                );
            }

            if (rule.Properties.SqlFilter?.SqlExpression is { } sql)
            {
                matchesAll |= MatchesAll(sql, $"rule '{rule.Name}' of '{path}'");
            }
            else
            {
                filters.Add(Filter(rule, path));
            }
        }

        return matchesAll ? null : filters;
    }

    /// <summary>Whether a SQL filter matches every message, or none.</summary>
    /// <exception cref="EmulatorConfigException">Its result depends on the message.</exception>
    private bool MatchesAll(string sql, string rule)
    {
        var words = string.Concat(sql.Where(static character => !char.IsWhiteSpace(character)));
        return words.Trim('(', ')', ';').ToUpperInvariant() switch
        {
            "1=1" or "TRUE" => true,
            "1=0" or "0=1" or "1<>1" or "FALSE" => false,
            _ => throw Fault(
                $"{rule} has the SQL filter \"{sql}\"; the emulator only supports 1=1 and 1=0: "
                    + "use a correlation filter"
            ),
        };
    }

    private CorrelationFilter Filter(EmulatorConfigDocument.RuleSection rule, string path)
    {
        if (rule.Properties is not { FilterType: null or "Correlation", CorrelationFilter: { } conditions })
        {
            throw Fault(
                $"rule '{rule.Name}' of '{path}' is not a correlation filter: "
                    + "give it FilterType Correlation and a CorrelationFilter"
            );
        }

        Dictionary<string, string> system = [];
        Dictionary<string, object> properties = [];
        foreach (var (name, value) in conditions)
        {
            if (value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            {
                continue;
            }

            if (name == "Properties" && value.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in value.EnumerateObject())
                {
                    properties[property.Name] =
                        Scalar(property.Value)
                        ?? throw Fault(
                            $"property '{property.Name}' in rule '{rule.Name}' of '{path}' "
                                + "is not a string, number or boolean"
                        );
                }
            }
            else if (CorrelationFilter.Known.ContainsKey(name) && value.ValueKind == JsonValueKind.String)
            {
                system[name] = value.GetString()!;
            }
            else
            {
                throw Fault(
                    $"'{name}' in rule '{rule.Name}' of '{path}' must be a string and one of "
                        + $"{string.Join(", ", CorrelationFilter.Known.Keys.Order())}, or Properties"
                );
            }
        }

        return new CorrelationFilter(system, properties);
    }

    private static string Explain(JsonException exception)
    {
        // The serializer wraps the exceptions of the parser.
        if (exception.InnerException is JsonException)
        {
            var place = $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}";
            return $"it is not valid JSON at {place}.";
        }

        var path = exception.Path?.TrimStart('$').TrimStart('.');
        return $"the value of {(string.IsNullOrEmpty(path) ? "the file" : path)} has the wrong type.";
    }

    private static object? Scalar(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.GetDouble(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };

    /// <summary>The entries of a list.</summary>
    /// <exception cref="EmulatorConfigException">One is null.</exception>
    private IEnumerable<T> Entries<T>(IEnumerable<T?> list, string name)
        where T : class => list.Select(entry => entry ?? throw Fault($"{name} has an entry that is null: remove it"));

    private string Name(EmulatorConfigDocument.EntitySection entity) =>
        entity.Name.Trim('/').Length > 0
        && entity.Name.All(character =>
            char.IsAsciiLetterOrDigit(character) || "._-/~".Contains(character, StringComparison.Ordinal)
        )
            ? entity.Name
            : throw Fault($"'{entity.Name}' is not a valid name: use letters, digits, '.', '-', '_' and '/'");

    private TimeSpan? Duration(string? text, string path, string property)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        try
        {
            return XmlConvert.ToTimeSpan(text) is var duration && duration > TimeSpan.Zero
                ? duration
                : throw new FormatException();
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw Fault($"{property} of '{path}' is not a duration such as PT1M: '{text}'");
        }
    }

    private void Forward(string from, string? to)
    {
        if (!string.IsNullOrEmpty(to))
        {
            _forwards.Add((from, to));
        }
    }

    private void CheckNames(string[] names)
    {
        if (
            names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is
            { } twice
        )
        {
            throw Fault($"there are two entities named '{twice.Key}'");
        }
    }

    private void CheckForwards(string[] destinations, TopicDescription[] topics)
    {
        foreach (var (from, to) in _forwards)
        {
            if (!destinations.Contains(to, StringComparer.OrdinalIgnoreCase))
            {
                throw Fault($"'{from}' forwards to '{to}', which is not a queue or topic of the file");
            }

            if (LeadsTo(to, from, []))
            {
                throw Fault($"'{from}' forwards to '{to}', which leads back to it");
            }
        }

        // The destinations of an entity: its dead letters, the subscriptions of a topic, and their forwards.
        bool LeadsTo(string at, string goal, HashSet<string> seen) =>
            seen.Add(at.ToUpperInvariant())
            && (
                goal.Equals(at, StringComparison.OrdinalIgnoreCase)
                || goal.Equals(at + MessageBroker.DeadLetterSuffix, StringComparison.OrdinalIgnoreCase)
                || Next(at).Any(next => LeadsTo(next, goal, seen))
            );

        IEnumerable<string> Next(string at) =>
            _forwards
                .Where(forward =>
                    forward.From.Equals(at, StringComparison.OrdinalIgnoreCase)
                    || forward.From.Equals(at + MessageBroker.DeadLetterSuffix, StringComparison.OrdinalIgnoreCase)
                )
                .Select(forward => forward.To)
                .Concat(
                    topics
                        .Where(topic => topic.Name.Equals(at, StringComparison.OrdinalIgnoreCase))
                        .SelectMany(topic =>
                            topic.Subscriptions.Select(subscription =>
                                $"{topic.Name}/subscriptions/{subscription.Name}"
                            )
                        )
                );
    }

    private EmulatorConfigException Fault(string what) => new($"in {_path} {what}.");
}
