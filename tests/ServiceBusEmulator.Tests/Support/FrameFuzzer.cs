using System.Buffers.Binary;

namespace ServiceBusEmulator.Tests;

/// <summary>
/// Replays a session repeatedly and changes bytes of its frames, often only in the message of a transfer. Each
/// connection ends with the session, or earlier when the emulator closes it.
/// </summary>
internal sealed class FrameFuzzer(RecordedSession session, int port, int seed)
{
    private const int Connections = 4;
    private const int HeaderBytes = 8;

    // Format codes, sizes and counts that decoders get wrong.
    private static readonly byte[] Interesting =
    [
        0x00,
        0x01,
        0x40,
        0x45,
        0x53,
        0x70,
        0x71,
        0x7F,
        0x80,
        0xA1,
        0xB0,
        0xC0,
        0xC1,
        0xD0,
        0xD1,
        0xE0,
        0xF0,
        0xFF,
    ];

    /// <summary>Sends this many changed frames over several connections at a time.</summary>
    public Task SendAsync(int frames) =>
        Task.WhenAll(
            Enumerable.Range(0, Connections).Select(part => SendAsync(new Random(seed + part), frames / Connections))
        );

    private async Task SendAsync(Random random, int frames)
    {
        while (frames > 0)
        {
            using var client = await RawClient.ConnectAsync(port);
            await client.AuthenticateAsync("ANONYMOUS", []);
            await client.StartAsync();
            var reading = client.IsEndedAsync();
            try
            {
                // Most connections replay the start of the session unchanged, so that sessions and links exist.
                var unchanged = random.Next(session.Frames.Count);
                for (var i = 0; i < session.Frames.Count && frames > 0 && !reading.IsCompleted; i++)
                {
                    var isChanged = i >= unchanged && random.Next(3) > 0;
                    await client.SendAsync(isChanged ? Change(session.Frames[i], random) : session.Frames[i]);
                    frames -= isChanged ? 1 : 0;
                }
            }
            catch (IOException)
            {
                // The emulator has closed the connection.
            }

            client.Shutdown();
            await reading;
        }
    }

    private static byte[] Change(byte[] frame, Random random)
    {
        var changed = frame.ToArray();
        var from = random.Next(4) == 0 ? HeaderBytes : PayloadOf(changed);
        if (from >= changed.Length)
        {
            from = HeaderBytes;
        }

        for (var changes = 1 + random.Next(6); changes > 0 && from < changed.Length; changes--)
        {
            // The important bytes of a frame are near its start.
            var at =
                from + random.Next(random.Next(2) == 0 ? Math.Min(changed.Length - from, 64) : changed.Length - from);
            changed[at] = random.Next(2) == 0 ? Interesting[random.Next(Interesting.Length)] : (byte)random.Next(256);
        }

        switch (random.Next(20))
        {
            case 0:
                changed = [.. changed, .. new byte[random.Next(60_000 - Math.Min(changed.Length, 59_000))]];
                break;
            case 1 when changed.Length > HeaderBytes:
                changed = changed[..random.Next(HeaderBytes, changed.Length)];
                break;
            case 2:
                changed[4 + random.Next(4)] = (byte)random.Next(256);
                return changed;
        }

        BinaryPrimitives.WriteInt32BigEndian(changed, changed.Length);
        return changed;
    }

    /// <summary>The start of the message in a transfer; the end of the frame for other frames.</summary>
    private static int PayloadOf(byte[] frame)
    {
        const byte transfer = 0x14;
        const byte smallList = 0xC0;
        return frame is [_, _, _, _, _, _, _, _, 0x00, 0x53, transfer, smallList, var size, ..]
            ? HeaderBytes + 5 + size
            : frame.Length;
    }
}
