using System.Buffers;
using System.Text;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Requests;

/// <summary>JSON pointers (RFC 6901).</summary>
public static class JsonPointer
{
    private const int MaxLength = 64;

    // RFC 3986, section 3.5; the percent sign is not among them, because it is data here.
    private static readonly SearchValues<byte> AllowedInFragment = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?"u8
    );

    /// <summary>A member name as a reference token; a very long name is cut, between two characters.</summary>
    public static string Escape(string name)
    {
        var cut = name.Length <= MaxLength ? name : TextCut.To(name, MaxLength) + "…";
        return cut.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
    }

    /// <summary>
    /// A pointer as a URI fragment (RFC 6901, section 6): what a fragment cannot hold is percent-encoded as UTF-8.
    /// </summary>
    public static string ToFragment(string pointer)
    {
        var fragment = new StringBuilder("#", pointer.Length + 1);
        foreach (var octet in Encoding.UTF8.GetBytes(pointer))
        {
            _ = AllowedInFragment.Contains(octet)
                ? fragment.Append((char)octet)
                : fragment.Append('%').Append(octet.ToString("X2", null));
        }

        return fragment.ToString();
    }
}
