using System.ComponentModel.DataAnnotations;

namespace Onramp.Cancellation.Configuration;

/// <summary>
/// A rule for one setting, whose message is a sentence for the operator:
/// <c>Queue__RetryJitter must be between 0 and 1.</c> The names of the options class and of the property make up the
/// setting's name.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal abstract class SettingRuleAttribute : ValidationAttribute
{
    /// <summary>What the setting must be, as a continuation of its name, without a full stop.</summary>
    protected abstract string Rule { get; }

    /// <summary>The result names no member: the framework would put it in front of the sentence.</summary>
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        IsValid(value) ? ValidationResult.Success : new ValidationResult($"{SettingOf(validationContext)} {Rule}.");

    private static string SettingOf(ValidationContext context) =>
        $"{context.ObjectType.Name[..^"Options".Length]}__{context.MemberName}";
}
