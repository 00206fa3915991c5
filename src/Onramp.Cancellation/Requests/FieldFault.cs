namespace Onramp.Cancellation.Requests;

/// <summary>One thing wrong with one field of a request.</summary>
/// <param name="Pointer">Which field: a JSON pointer (RFC 6901); empty for the whole body.</param>
/// <param name="Detail">What is wrong and what would be right.</param>
public readonly record struct FieldFault(string Pointer, string Detail);
