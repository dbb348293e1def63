using MiniStack.Data;
using MiniStack.Formats;

namespace MiniStack.Examples.Data;

/// <summary>A file of numbers, opened.</summary>
/// <param name="Kind">Its format, in words.</param>
/// <param name="Header">What it says of itself, a line each.</param>
/// <param name="Tensors">Its tensors: name, type in the file, and how to read it.</param>
internal sealed record InspectedFile(string Kind, IReadOnlyList<string> Header, IReadOnlyList<(string Name, string StoredType, Func<Tensor> Read)> Tensors)
{
    private const int MostTokens = 1 << 20;

    /// <summary>Opens a file by its first bytes; a safetensors file, which begins with a length, by its name.</summary>
    /// <exception cref="DataException">The file cannot be read, or is of no kind that is known.</exception>
    /// <exception cref="CheckpointException">It is of a known kind, and damaged.</exception>
    public static InspectedFile Open(string path)
    {
        ReadOnlySpan<byte> start = Start(path);
        if (path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)) return OpenSafetensors(path);
        if (start.StartsWith("MSTOKENS"u8)) return OpenShard(path);
        if (start is [0x93, ..] && start[1..].StartsWith("NUMPY"u8)) return One(path, "NumPy array (npy)", Npy.Load(path));
        if (start.StartsWith("PK"u8)) return new("NumPy archive (npz)", [], [.. Npz.Load(path).Select(pair => (pair.Key, $"{pair.Value.DType}", (Func<Tensor>)(() => pair.Value)))]);
        if (start is [0x1F, 0x8B, ..] or [0, 0, >= 0x08 and <= 0x0E, ..]) return One(path, start[0] == 0 ? "IDX" : "IDX, gzipped", IdxFile.Read(path));
        throw new DataException($"{path}: it is none of the known kinds of file: safetensors (by its name), npy, npz, IDX (gzipped or not), token shard. Check the path.");
    }

    private static byte[] Start(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            byte[] start = new byte[8];
            return start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: it cannot be read ({exception.Message.TrimEnd('.')}). Check the path.", exception);
        }
    }

    private static InspectedFile One(string path, string kind, Tensor tensor) =>
        new(kind, [], [(Path.GetFileName(path), $"{tensor.DType}", () => tensor)]);

    private static InspectedFile OpenSafetensors(string path)
    {
        using SafetensorsFile file = Safetensors.Open(path);
        return new(
            "safetensors", [.. file.Metadata.Select(pair => $"{pair.Key}: {pair.Value.ReplaceLineEndings(" ")}")],
            [.. file.Entries.Select(entry => (entry.Name, entry.StoredType, (Func<Tensor>)(() => ReadOne(entry.Name))))]);

        Tensor ReadOne(string name)
        {
            using SafetensorsFile again = Safetensors.Open(path);
            return again.Read(name);
        }
    }

    private static InspectedFile OpenShard(string path)
    {
        using TokenShard shard = TokenShard.Open(path);
        string digest = shard.Verify() ? "right" : "none";
        int looked = (int)Math.Min(shard.Count, MostTokens);
        return new(
            "token shard", [FormattableString.Invariant($"tokens: {shard.Count}"), FormattableString.Invariant($"bytes a token: {shard.TokenBytes}"), $"digest: {digest}"],
            [(looked < shard.Count ? FormattableString.Invariant($"the first {looked} tokens") : "tokens", shard.TokenBytes == 2 ? "U16" : "U32", Read)]);

        Tensor Read()
        {
            using TokenShard again = TokenShard.Open(path);
            long[] tokens = new long[looked];
            again.Read(0, tokens.AsSpan());
            return Tensor.Wrap(tokens, [tokens.Length]);
        }
    }
}
