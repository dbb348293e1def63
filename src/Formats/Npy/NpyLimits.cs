namespace MiniStack.Formats;

/// <summary>
/// Bounds on what a file may claim, so that reading an array allocates no more than twice the file and 16 MiB, and an archive no more than
/// twice of what its arrays may have together. Writing keeps to those of names and numbers too.
/// </summary>
internal static class NpyLimits
{
    /// <summary>Bytes of a header: NumPy's own limit.</summary>
    public const int HeaderBytes = 10_000;

    /// <summary>As many axes as NumPy 2 allows.</summary>
    public const int Rank = 64;

    /// <summary>Arrays in one archive.</summary>
    public const int Entries = 4096;

    /// <summary>Bytes of an array's name in an archive.</summary>
    public const int NameBytes = 4096;

    /// <summary>
    /// Bytes of an archive's directory: an entry there costs 46 bytes and its name, and ten times as much once it is read.
    /// </summary>
    public const int DirectoryBytes = 1 << 20;

    /// <summary>A byte of deflated data yields at most so many: 258 from each pair of codes of one bit.</summary>
    public const int DeflateRatio = 1032;

    /// <summary>
    /// Bytes that the arrays of an archive may unpack to unless the caller allows more. Deflate yields a thousand bytes from one of zeros;
    /// MNIST, mostly black, packs to a fifth.
    /// </summary>
    public static long UnpackedBytes(long fileBytes) => 16 * fileBytes + (16 << 20);

    /// <summary>What to say when <see cref="Entries"/> or <see cref="DirectoryBytes"/> is exceeded.</summary>
    public static string EntriesRule =>
        $"there are more arrays or longer names than MiniStack allows ({Entries} arrays, {DirectoryBytes} bytes for their names). " +
        "Use several files.";
}
