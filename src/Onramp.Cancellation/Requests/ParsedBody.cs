namespace Onramp.Cancellation.Requests;

/// <summary>The result of parsing a request body: its fields, or every error in it.</summary>
public readonly record struct ParsedBody
{
    private ParsedBody(CancelFields? fields, bool isJsonObject, IReadOnlyList<FieldFault> faults)
    {
        Fields = fields;
        IsJsonObject = isJsonObject;
        Faults = faults;
    }

    /// <summary>The fields; null when there are faults.</summary>
    public CancelFields? Fields { get; }

    /// <summary>Whether the body is a JSON object.</summary>
    public bool IsJsonObject { get; }

    public IReadOnlyList<FieldFault> Faults { get; }

    public static ParsedBody Valid(CancelFields fields) => new(fields, isJsonObject: true, []);

    public static ParsedBody Invalid(IReadOnlyList<FieldFault> faults) => new(null, isJsonObject: true, faults);

    public static ParsedBody NotJson(string detail) => new(null, isJsonObject: false, [new FieldFault("", detail)]);
}
