using System.Text;

namespace MiniStack.Tests.Files;

/// <summary>A file that must be refused.</summary>
/// <param name="Format">Of which format it is nearly one.</param>
/// <param name="Fault">What is wrong with it.</param>
/// <param name="Bytes">Its content.</param>
internal sealed record BadFile(string Format, string Fault, byte[] Bytes)
{
    public BadFile(string format, string fault, string text) : this(format, fault, Encoding.UTF8.GetBytes(text))
    {
    }

    /// <summary>A file cut short after each of some numbers of bytes.</summary>
    public static IEnumerable<BadFile> Cut(string format, byte[] file, int most = 20) =>
        Enumerable.Range(0, most).Select(i => i * (file.Length - 1) / Math.Max(most - 1, 1)).Distinct().Select(length => new BadFile(format, $"cut to {length} of {file.Length} bytes", file[..length]));

    /// <summary>A text file with one place replaced by each of some others.</summary>
    public static IEnumerable<BadFile> Replaced(string format, string file, string right, params string[] wrong)
    {
        Assert.Contains(right, file);
        int at = file.IndexOf(right, StringComparison.Ordinal);
        return wrong.Select(text => new BadFile(format, $"{right} replaced by {text}", file[..at] + text + file[(at + right.Length)..]));
    }

    /// <summary>A file with some bytes overwritten.</summary>
    public static BadFile Patched(string format, byte[] file, int at, params byte[] bytes)
    {
        byte[] changed = [.. file];
        bytes.CopyTo(changed, at);
        return new BadFile(format, $"bytes {at} to {at + bytes.Length} are {Convert.ToHexString(bytes)}", changed);
    }
}
