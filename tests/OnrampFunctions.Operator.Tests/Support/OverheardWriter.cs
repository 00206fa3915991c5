using System.Text;

namespace OnrampFunctions.Operator.Tests;

/// <summary>Writes to another writer, and reports each text at the moment at which it is written.</summary>
internal sealed class OverheardWriter(TextWriter writer, Action<string> heard) : TextWriter
{
    public override Encoding Encoding => writer.Encoding;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value)
    {
        writer.Write(value);
        heard(value ?? "");
    }
}
