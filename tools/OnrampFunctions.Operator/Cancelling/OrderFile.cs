using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Onramp.Cancellation.Orders;

namespace OnrampFunctions.Operator.Cancelling;

/// <summary>
/// A CSV file of orders. It is read from the beginning several times, so that memory does not grow with its length
/// except for a few bytes of each line, by which duplicates are found.
/// </summary>
internal sealed class OrderFile : IDisposable
{
    // Longer than every valid field; a quote that is not closed makes a field of the rest of the file.
    private const int MaxFieldLength = 10_000;

    private static readonly char[] Separators = [',', ';', '\t'];

    private readonly FileStream _stream;

    private OrderFile(string name, FileStream stream) => (Name, _stream) = (name, stream);

    public string Name { get; }

    /// <exception cref="OperatorException">The file cannot be read.</exception>
    public static OrderFile Open(string path)
    {
        var name = TerminalText.Of(Path.GetFileName(path));
        try
        {
            FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.CanSeek)
            {
                return new OrderFile(name, stream);
            }

            stream.Dispose();
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw OperatorException.Usage($"{name} cannot be read: {FileFault.Of(exception)}.");
        }

        throw OperatorException.Usage($"{name} is not a regular file, and it has to be read more than once.");
    }

    /// <summary>Returns a digest of the content: the same file has the same requests.</summary>
    /// <param name="context">What else decides about the requests.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<string> DigestAsync(string context, CancellationToken cancellationToken)
    {
        _stream.Position = 0;
        var content = await SHA256.HashDataAsync(_stream, cancellationToken);
        return Convert.ToHexStringLower(SHA256.HashData([.. content, .. Encoding.UTF8.GetBytes(context)]))[..32];
    }

    /// <summary>Reads all lines from the beginning, except empty ones.</summary>
    /// <exception cref="OperatorException">The file is not a CSV file of orders.</exception>
    public async IAsyncEnumerable<OrderLine> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var separator = await FindSeparatorAsync(cancellationToken);
        using var reader = OpenText();
        var isMalformed = false;
        using CsvParser parser = new(
            reader,
            new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                Delimiter = separator,
                TrimOptions = TrimOptions.Trim,
                MaxFieldSize = MaxFieldLength,
                BadDataFound = _ => isMalformed = true,
            },
            leaveOpen: true
        );
        Dictionary<UInt128, bool> seen = [];
        OrderColumns? columns = null;
        for (var (row, line) = (0, 0); await TryReadAsync(parser, line + 1, cancellationToken); )
        {
            // An empty line has a row of its own.
            var number = line + parser.Row - row;
            (row, line) = (parser.Row, parser.RawRow);
            var fields = parser.Record!;
            if (columns is null)
            {
                columns = new OrderColumns(Name, fields);
            }
            else if (isMalformed)
            {
                yield return new OrderLine
                {
                    Number = number,
                    Fault = "a quote that is not closed, not doubled or not at the edge of its field",
                };
            }
            else if (Array.Exists(fields, static field => field.Length > 0))
            {
                yield return Compare(columns.Read(number, fields), seen);
            }

            isMalformed = false;
        }

        if (columns is null)
        {
            throw OperatorException.Usage($"{Name} is empty. Its first line must name the columns.");
        }
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>Finds duplicates.</summary>
    private static OrderLine Compare(OrderLine line, Dictionary<UInt128, bool> seen)
    {
        if (line.Order is null)
        {
            return line;
        }

        var key = KeyOf(line.Order);
        if (seen.TryAdd(key, line.OnlyIfUnpaid))
        {
            return line;
        }

        return seen[key] == line.OnlyIfUnpaid
            ? line with
            {
                IsDuplicate = true,
            }
            : line with
            {
                Fault = "an earlier line has the same order with another onlyIfUnpaid",
            };
    }

    private static UInt128 KeyOf(OrderReference order) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(order.Json.Span));

    /// <summary>
    /// Excel writes semicolons where the comma is the decimal separator, and tabs in its Unicode text.
    /// </summary>
    private async Task<string> FindSeparatorAsync(CancellationToken cancellationToken)
    {
        using var reader = OpenText();
        var buffer = new char[4096];
        var text = buffer.AsMemory(0, await reader.ReadBlockAsync(buffer, cancellationToken)).ToString().TrimStart();
        var names = text.AsSpan(0, text.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? end : text.Length);
        return names.IndexOfAny(Separators) is >= 0 and var first ? $"{names[first]}" : ",";
    }

    private StreamReader OpenText()
    {
        _stream.Position = 0;
        return new StreamReader(_stream, detectEncodingFromByteOrderMarks: true, leaveOpen: true);
    }

    private async Task<bool> TryReadAsync(CsvParser parser, int line, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return await parser.ReadAsync();
        }
        catch (MaxFieldSizeException)
        {
            throw OperatorException.Usage(
                $"{Name}, line {line} or the next: a field is longer than {MaxFieldLength} characters; a quote may not "
                    + "be closed."
            );
        }
        catch (IOException exception)
        {
            throw new OperatorException($"{Name} cannot be read any further: {FileFault.Of(exception)}.");
        }
    }
}

/// <summary>Explains why a file cannot be opened.</summary>
internal static class FileFault
{
    public static string Of(Exception exception) =>
        exception switch
        {
            FileNotFoundException or DirectoryNotFoundException => "there is no such file",
            UnauthorizedAccessException => "it is a folder, or you have no permission",
            IOException => TerminalText.Of(exception.Message.Split(" : ")[0].TrimEnd('.')),
            _ => "its name is not valid",
        };
}
