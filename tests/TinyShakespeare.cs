using System.Reflection;

namespace MiniStack.Tests;

/// <summary>Karpathy's file of Shakespeare's plays, where it lies beside the repository.</summary>
internal static class TinyShakespeare
{
    public const string Missing = "shared/data/tinyshakespeare/input.txt is not beside the repository.";

    /// <summary>The file; null when it is missing.</summary>
    public static string? File { get; } = Find();

    private static string? Find()
    {
        string root = typeof(TinyShakespeare).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;
        string file = Path.GetFullPath(Path.Combine(root, "..", "shared", "data", "tinyshakespeare", "input.txt"));
        return System.IO.File.Exists(file) ? file : null;
    }
}
