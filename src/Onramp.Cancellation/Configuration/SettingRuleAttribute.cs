using System.ComponentModel.DataAnnotations;

namespace Onramp.Cancellation.Configuration;

/// <summary>
/// A rule on one setting, whose fault is a whole sentence in the operator's words:
/// <c>Queue__RetryJitter must be between 0 and 1.</c> An options class is named after its section, so its name and the
/// property's make the setting's.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal abstract class SettingRuleAttribute : ValidationAttribute
{
    /// <summary>What the setting must be, to follow its name, without a full stop.</summary>
    protected abstract string Rule { get; }

    /// <summary>No member is named beside the sentence: the framework would put it in front.</summary>
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        IsValid(value) ? ValidationResult.Success : new ValidationResult($"{SettingOf(validationContext)} {Rule}.");

    private static string SettingOf(ValidationContext context) =>
        $"{context.ObjectType.Name[..^"Options".Length]}__{context.MemberName}";
}
