using System.IO.Compression;
using System.Text;

namespace MiniStack.Formats;

/// <summary>
/// Checks and writes what <see cref="Npz.Save"/> was given; entries are sorted by name, so that the same tensors give the same bytes.
/// </summary>
internal sealed class NpzWriter
{
    // What an entry costs in the archive's directory beside its name, with the 64-bit sizes that a large one has.
    private const int EntryBytes = 46 + 28;

    // The first time that a zip archive can tell: what NumPy writes too.
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _path;
    private readonly List<KeyValuePair<string, Tensor>> _tensors;
    private readonly CompressionLevel _level;

    public NpzWriter(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, bool compressed)
    {
        _path = path;
        _tensors = [.. tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal)];
        _level = compressed ? CompressionLevel.Optimal : CompressionLevel.NoCompression;
        Check();
    }

    public void Write(Stream stream)
    {
        using ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach ((string name, Tensor tensor) in _tensors)
        {
            ZipArchiveEntry entry = archive.CreateEntry(name + NpzReader.Extension, _level);
            entry.LastWriteTime = Epoch;
            using Stream bytes = entry.Open();
            NpyWriter.Write(bytes, tensor);
        }
    }

    private void Check()
    {
        HashSet<string> names = [];
        long directory = 0;
        foreach ((string name, Tensor tensor) in _tensors)
        {
            string title = $"tensor {FileErrors.Quote(name)}";
            if (name.Length == 0) throw Refused("a tensor has no name. Give every tensor one.");
            int half = FileErrors.HalfCharacter(name);
            if (half >= 0) throw Refused($"the name of {title} is not valid Unicode. Remove the half character at {half}.");
            if (name.Contains('\0', StringComparison.Ordinal))
                throw Refused($"the name of {title} has the character U+0000, where Python ends a name. Remove it.");
            int bytes = Encoding.UTF8.GetByteCount(name);
            if (bytes > NpyLimits.NameBytes) throw Refused($"the name of {title} is longer than {NpyLimits.NameBytes} bytes. Shorten it.");
            if (!names.Add(name)) throw Refused($"{title} is given twice. Rename one of them.");
            if (NpyWriter.Refusal(tensor) is { } why) throw Refused($"{title}: {why}");
            directory += EntryBytes + bytes + NpzReader.Extension.Length;
        }
        if (_tensors.Count > NpyLimits.Entries || directory > NpyLimits.DirectoryBytes) throw Refused(NpyLimits.EntriesRule);
    }

    private CheckpointException Refused(string why) => new($"{_path}: cannot be written: {why}");
}
