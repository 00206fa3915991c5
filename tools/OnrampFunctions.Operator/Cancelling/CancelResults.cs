using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace OnrampFunctions.Operator.Cancelling;

/// <summary>Writes the result of each order: to a CSV file, or to standard output.</summary>
internal sealed class CancelResults : IDisposable
{
    private readonly Screen _screen;
    private readonly CsvWriter? _file;

    private CancelResults(Screen screen, CsvWriter? file) => (_screen, _file) = (screen, file);

    /// <exception cref="OperatorException">The file cannot be written.</exception>
    public static CancelResults Open(string? path, string source, Screen screen)
    {
        if (path is null)
        {
            return new CancelResults(screen, null);
        }

        if (Path.GetFullPath(path) == Path.GetFullPath(source))
        {
            throw OperatorException.Usage("--results must not be the file of orders itself.");
        }

        try
        {
            CsvWriter file = new(
                new StreamWriter(path),
                // Detail is text of the provider, and a spreadsheet would run a formula in it.
                new CsvConfiguration(CultureInfo.InvariantCulture) { InjectionOptions = InjectionOptions.Escape }
            );
            Write(file, "line", "orderId", "hash", "requestId", "outcome", "reasonCode", "detail", "completedAt");
            file.Flush();
            return new CancelResults(screen, file);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw OperatorException.Usage(
                $"{TerminalText.Of(Path.GetFileName(path))} cannot be written: {FileFault.Of(exception)}."
            );
        }
    }

    public void Add(OrderResult result)
    {
        if (_file is not null)
        {
            Write(
                _file,
                result.Line.ToString(CultureInfo.InvariantCulture),
                result.OrderId,
                result.Hash,
                result.RequestId,
                result.Outcome,
                result.ReasonCode,
                result.Detail,
                result.CompletedAt?.ToString("O", CultureInfo.InvariantCulture)
            );
        }
        else if (_screen.IsJson)
        {
            _screen.Json(result, OperatorJson.Default.OrderResult);
        }
        else
        {
            var reason = result.ReasonCode is null ? "" : $" ({result.ReasonCode})";
            var detail = result.Detail is null ? "" : $": {TerminalText.Of(result.Detail)}";
            _screen.Line($"{result.Line, 6} {result.OrderId ?? result.Hash, -19} {result.Outcome}{reason}{detail}");
        }
    }

    public void Dispose() => _file?.Dispose();

    private static void Write(CsvWriter file, params ReadOnlySpan<string?> fields)
    {
        foreach (var field in fields)
        {
            file.WriteField(field);
        }

        file.NextRecord();
    }
}
