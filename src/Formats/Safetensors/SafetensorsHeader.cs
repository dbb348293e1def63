namespace MiniStack.Formats;

/// <summary>A header that passed every check: the entries tile the data of the file exactly.</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The name in the header that stands for no tensor.</summary>
    public const string MetadataName = "__metadata__";

    private SafetensorsHeader(
        List<SafetensorsEntry> entries, Dictionary<string, SafetensorsEntry> byName, IReadOnlyDictionary<string, string> metadata)
    {
        Entries = entries;
        ByName = byName;
        Metadata = metadata;
    }

    /// <summary>In the order of their bytes.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    public IReadOnlyDictionary<string, SafetensorsEntry> ByName { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads and checks the header.</summary>
    /// <param name="path">For messages.</param>
    /// <param name="json">The header's bytes.</param>
    /// <param name="dataBytes">Bytes that follow the header.</param>
    /// <exception cref="CheckpointException">The header breaks a rule of the format.</exception>
    public static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> json, long dataBytes)
    {
        SafetensorsHeaderReader reader = new(path, json, 8 + json.Length + dataBytes);
        reader.Read();
        List<SafetensorsEntry> entries = [.. reader.Entries.Values];
        entries.Sort((a, b) => (a.Offset, a.Bytes).CompareTo((b.Offset, b.Bytes)));
        CheckTiling(path, entries, dataBytes);
        return new SafetensorsHeader(entries, reader.Entries, reader.Metadata);
    }

    /// <summary>Every byte of the data belongs to exactly one tensor.</summary>
    private static void CheckTiling(string path, List<SafetensorsEntry> entries, long dataBytes)
    {
        long end = 0;
        SafetensorsEntry? last = null;
        foreach (SafetensorsEntry entry in entries)
        {
            if (entry.Offset < end)
            {
                throw FileErrors.Damaged(path, $"tensors {FileErrors.Quote(last!.Name)} and {FileErrors.Quote(entry.Name)} overlap " +
                    $"at byte {entry.Offset} of the data");
            }
            if (entry.Offset > end)
            {
                throw FileErrors.Damaged(
                    path,
                    $"bytes {end} to {entry.Offset} of the data, before tensor {FileErrors.Quote(entry.Name)}, " +
                    "belong to no tensor");
            }
            end = entry.Offset + entry.Bytes;
            last = entry;
        }
        if (end > dataBytes)
            throw FileErrors.Damaged(path, $"it is cut short: the tensors have {end} bytes, but only {dataBytes} follow the header");
        if (end < dataBytes) throw FileErrors.Damaged(path, $"{dataBytes - end} bytes follow the last tensor, where the file must end");
    }
}
