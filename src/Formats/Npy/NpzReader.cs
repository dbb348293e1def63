using System.IO.Compression;

namespace MiniStack.Formats;

/// <summary>Reads an archive's directory, checks it, and then its arrays one by one.</summary>
internal static class NpzReader
{
    /// <summary>What the name of every entry ends in.</summary>
    public const string Extension = ".npy";

    // The end of an archive is searched backwards, over a comment of 64 KiB at most.
    private const int SearchedForTheEnd = 1 << 18;

    public static IReadOnlyDictionary<string, Tensor> Read(string path, FileStream stream, Device? device, long mostBytes)
    {
        CheckStart(path, stream);
        try
        {
            using BoundedStream bounded = new(stream, NpyLimits.DirectoryBytes + SearchedForTheEnd, $"{path}: {NpyLimits.EntriesRule}");
            using ZipArchive archive = new(bounded, ZipArchiveMode.Read);
            IReadOnlyCollection<ZipArchiveEntry> entries = archive.Entries;
            bounded.Unbound();
            Check(path, entries, stream.Length, mostBytes);
            return entries.ToDictionary(entry => entry.FullName[..^Extension.Length], entry => Read(path, entry, device));
        }
        catch (InvalidDataException exception)
        {
            throw FileErrors.Damaged(path, "its directory is not that of a zip archive", exception);
        }
    }

    private static void CheckStart(string path, FileStream stream)
    {
        Span<byte> start = stackalloc byte[NpyReader.Magic.Length];
        int read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        if (NpyReader.IsArchive(start[..read])) return;
        throw new CheckpointException(path + ": " + (start.SequenceEqual(NpyReader.Magic)
            ? "it is a single array (.npy). Use Npy.Load."
            : "it does not begin as zip archives do. This is no .npz file, or it is damaged: check where it comes from."));
    }

    /// <summary>What the directory says must be possible before any entry is opened.</summary>
    private static void Check(string path, IReadOnlyCollection<ZipArchiveEntry> entries, long fileBytes, long mostBytes)
    {
        if (entries.Count > NpyLimits.Entries) throw new CheckpointException($"{path}: {NpyLimits.EntriesRule}");
        HashSet<string> names = [];
        long packed = 0, unpacked = 0;
        foreach (ZipArchiveEntry entry in entries)
        {
            if (!entry.FullName.EndsWith(Extension, StringComparison.Ordinal))
            {
                throw new CheckpointException(
                    $"{path}: {Title(entry)} is no array: its name does not end in {Extension}. Remove it from the archive.");
            }
            if (!names.Add(entry.FullName)) throw FileErrors.Damaged(path, $"{Title(entry)} appears twice");
            if (entry.IsEncrypted)
                throw new CheckpointException($"{path}: {Title(entry)} is encrypted. Save the archive again without a password.");
            if (entry.CompressedLength < 0 || entry.CompressedLength > fileBytes - packed)
                throw FileErrors.Damaged(path, $"{Title(entry)} and those before it have more bytes than the {fileBytes} of the file");
            packed += entry.CompressedLength;
            if (entry.Length < 0 || entry.Length / NpyLimits.DeflateRatio > entry.CompressedLength)
            {
                throw FileErrors.Damaged(
                    path, $"{Title(entry)} claims {entry.Length} bytes, more than {entry.CompressedLength} packed ones can hold");
            }
            unpacked = entry.Length <= mostBytes - unpacked
                ? unpacked + entry.Length
                : throw new CheckpointException(
                    FormattableString.Invariant(
                        $"{path}: {Title(entry)} and those before it unpack to more than {mostBytes} bytes, from a file of {fileBytes}. ") +
                    "Pass mostBytes to Npz.Load if you trust where it comes from.");
        }
    }

    private static string Title(ZipArchiveEntry entry) => $"entry {FileErrors.Quote(entry.FullName)}";

    private static Tensor Read(string path, ZipArchiveEntry entry, Device? device)
    {
        try
        {
            using Stream stream = entry.Open();
            NpySource source = new(path, entry.FullName, stream, entry.Length);
            Tensor tensor = NpyReader.Read(source, device);
            if (!source.IsAtEnd()) throw source.Damaged($"it goes on after the {entry.Length} bytes that it claims");
            if (source.Crc != entry.Crc32) throw source.Damaged("its checksum is wrong");
            return tensor;
        }
        catch (InvalidDataException exception)
        {
            throw FileErrors.Damaged(path, $"{Title(entry)} cannot be unpacked: its bytes are neither stored nor deflated", exception);
        }
    }
}
