using System.Buffers;
using System.Text;
using Onramp.Cancellation.Telemetry;

namespace Onramp.Cancellation.Requests;

/// <summary>JSON pointers (RFC 6901).</summary>
public static class JsonPointer
{
    private const int MaxLength = 64;

    // RFC 3986, section 3.5. The percent sign is data here, so it is not among them.
    private static readonly SearchValues<byte> AllowedInFragment = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?"u8
    );

    /// <summary>A member name as a reference token. A very long name is cut between two characters.</summary>
    public static string Escape(string name)
    {
        var cut = name.Length <= MaxLength ? name : TextCut.To(name, MaxLength) + "…";
        return cut.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
    }

    /// <summary>
    /// A pointer as a URI fragment (RFC 6901, section 6), with percent-encoding as UTF-8 where needed.
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
