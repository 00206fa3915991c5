using System.Text.RegularExpressions;

namespace Infrastructure.Tests;

/// <summary>
/// A text from outside cannot forge a line of the log: every text that is logged is made safe where it is logged, or is
/// the service's own.
/// </summary>
public sealed partial class LogArgumentTests
{
    /// <summary>Texts of the service, and who guarantees that they are on one line.</summary>
    private static readonly Dictionary<string, string> Own = new()
    {
        ["CallBudget.cs SharedLimitOptions.RedisSetting"] = "the name of a setting",
        ["CallerKeys.cs _callers[changed]"] = "a name in the settings, which must match a pattern",
        ["CallerKeys.cs fault.Message"] = "a sentence of KeyVaultFault",
        ["CancelMessageHandler.cs ignored"] = "names of the service's own properties",
        ["CredentialStore.cs Worst(faults).Message"] = "a sentence of KeyVaultFault",
        ["CredentialStore.cs fault.Message"] = "a sentence of KeyVaultFault",
        [
            "CredentialStore.cs faults.Count > 0 ? faults[0].Message : \"a version of it is disabled, expired or deleted\""
        ] = "a sentence of KeyVaultFault",
        ["DeliveryCompletion.cs reason"] = "the name of an outcome and its detail, which ErrorText puts on one line",
        ["ExportReport.cs receiver"] = "the authority of a URI",
        ["ExportReport.cs signal"] = "a name of a signal",
        ["FleetLimiter.cs exception.GetType().Name"] = "the name of a type",
        ["OnrampClient.cs exception.GetType().Name"] = "the name of a type",
        ["OnrampClient.cs operation.Name"] = "a name in the table of operations",
        ["OnrampClient.cs reason"] = "the result of ErrorText or of LogText",
        ["OrderTimeouts.cs key.Partition"] = "a digest",
        ["OrderTimeouts.cs key.Row"] = "a digest",
        ["OutcomeReporter.cs outcome.Describe(request.Order)"] = "digits",
        ["OutcomeReporter.cs outcome.Detail ?? \"none\""] = "the result of ErrorText",
        ["OutcomeReporter.cs request.Trigger.Name()"] = "a name in a table",
        ["OutcomeReporter.cs row.FullName"] = "a name in a table",
        ["QueueKeys.cs fault.Message"] = "a sentence of KeyVaultFault",
        ["RequestRecords.cs id"] = "a digest",
        ["RequestRecords.cs row.Key.Partition"] = "a digest",
        ["SettingsSection.cs sentence"] = "a sentence about the operator's own settings",
    };

    [Fact]
    public void Cannot_log_a_text_from_outside_as_it_is()
    {
        var logged = Directory
            .EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Repository.PathOf("tools"), "*.cs", SearchOption.AllDirectories))
            .Where(static file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"))
            .SelectMany(TextsIn)
            .Distinct()
            .Order(StringComparer.Ordinal);

        Assert.Equal(Own.Keys.Order(StringComparer.Ordinal), logged);
    }

    /// <summary>The texts that a file logs without making them safe.</summary>
    private static IEnumerable<string> TextsIn(string file)
    {
        var code = File.ReadAllText(file);
        var methods = Method()
            .Matches(code)
            .ToDictionary(static method => method.Groups[1].Value, static method => Split(method.Groups[2].Value));
        foreach (Match call in Call().Matches(code))
        {
            if (methods.TryGetValue(call.Groups[1].Value, out var parameters))
            {
                var arguments = Split(Arguments(code, call.Index + call.Length));
                foreach (var (parameter, argument) in parameters.Zip(arguments))
                {
                    if (
                        parameter.StartsWith("string", StringComparison.Ordinal)
                        && !argument.StartsWith("LogText.Of(", StringComparison.Ordinal)
                    )
                    {
                        yield return $"{Path.GetFileName(file)} {argument}";
                    }
                }
            }
        }
    }

    private static string Arguments(string code, int start)
    {
        var (end, depth) = (start, 1);
        for (; depth > 0; end++)
        {
            depth += code[end] switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
        }

        return code[start..(end - 1)];
    }

    /// <summary>Splits a list at the commas that are in no other brackets and no text.</summary>
    private static List<string> Split(string list)
    {
        List<string> parts = [];
        var (start, depth, isText) = (0, 0, false);
        for (var index = 0; index <= list.Length; index++)
        {
            if (index == list.Length || (list[index] == ',' && depth == 0 && !isText))
            {
                parts.Add(WhiteSpace().Replace(list[start..index].Trim(), " "));
                start = index + 1;
                continue;
            }

            isText ^= list[index] == '"';
            depth += list[index] switch
            {
                '(' or '[' or '<' => 1,
                ')' or ']' => -1,
                '>' when list[index - 1] != '=' && depth > 0 && !char.IsWhiteSpace(list[index - 1]) => -1,
                _ => 0,
            };
        }

        return parts;
    }

    [GeneratedRegex(@"partial void (\w+)\(([^)]*)\)")]
    private static partial Regex Method();

    [GeneratedRegex(@"\bLog\.(\w+)\(")]
    private static partial Regex Call();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
