namespace Onramp.Cancellation.Requests;

/// <summary>An error in one field of a request.</summary>
/// <param name="Pointer">The field as a JSON pointer (RFC 6901); empty for the whole body.</param>
/// <param name="Detail">What is wrong, and what would be right.</param>
public readonly record struct FieldFault(string Pointer, string Detail);
