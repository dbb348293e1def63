namespace MiniStack.Formats;

/// <summary>
/// Bounds on what a header may claim, so that reading never allocates more than twice the file and 16 MiB. Writing
/// keeps to them too: every file that is written can be read.
/// </summary>
internal static class SafetensorsLimits
{
    /// <summary>The format's own limit on the header, in bytes.</summary>
    public const long HeaderBytes = 100_000_000;

    /// <summary>As many axes as NumPy and PyTorch allow.</summary>
    public const int Rank = 64;

    /// <summary>Bytes of a tensor's name, or of a key of the metadata.</summary>
    public const int NameBytes = 4096;

    /// <summary>Bytes of all keys and values of the metadata together.</summary>
    public const int MetadataBytes = 2 << 20;

    /// <summary>Entries of the metadata.</summary>
    public const int MetadataCount = 4096;

    /// <summary>
    /// Tensors in a file of so many bytes. An entry costs some 50 bytes in the file and 800 once loaded, so many empty
    /// tensors must not be free; a file whose tensors have 4 KiB on average can hold any number.
    /// </summary>
    public static long Tensors(long fileBytes) => 8192 + fileBytes / 4096;

    /// <summary>What to say when <see cref="MetadataBytes"/> or <see cref="MetadataCount"/> is exceeded.</summary>
    public static string MetadataRule =>
        $"the metadata is larger than MiniStack allows ({MetadataCount} entries, {MetadataBytes} bytes in all). Keep long texts in " +
        "files of their own.";

    /// <summary>What to say when there are more than <see cref="Tensors"/>.</summary>
    public static string TensorsRule(long most) =>
        $"there are more than {most} tensors, too many for so little data. Stack small tensors into larger ones.";
}
