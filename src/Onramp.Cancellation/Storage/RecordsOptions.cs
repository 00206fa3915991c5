using Microsoft.Extensions.Options;
using Onramp.Cancellation.Configuration;

namespace Onramp.Cancellation.Storage;

/// <summary>How records of requests and timeouts are kept.</summary>
public sealed class RecordsOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Records";

    /// <summary>
    /// How long a finished row is kept. Default 90 days; 60 days to 10 years. It is longer than a message can stay on
    /// the queue (45 days), so that a late message still finds the timeout that it belongs to.
    /// </summary>
    [DurationRange("60.00:00:00", "3650.00:00:00")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long one operation on a table may take. Default 2 s; 100 ms to 30 s.</summary>
    [DurationRange("00:00:00.1", "00:00:30")]
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The tables' address, reached with the app's identity. Default <c>AzureWebJobsStorage__tableServiceUri</c>, the
    /// storage account that every Functions app has.
    /// </summary>
    public string? TableServiceUri { get; set; }

    /// <summary>
    /// The tables' connection string, for storage that allows keys. Default <c>AzureWebJobsStorage</c>.
    /// </summary>
    public string? ConnectionString { get; set; }
}

[OptionsValidator]
internal sealed partial class RecordsOptionsValidator : IValidateOptions<RecordsOptions>;
