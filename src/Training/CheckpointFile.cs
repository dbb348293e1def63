using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MiniStack.Formats;

namespace MiniStack.Training;

/// <summary>One file of a <see cref="Checkpoint"/>: its header first, its tensors when they are wanted.</summary>
internal sealed class CheckpointFile
{
    /// <summary>Of the tensors, with their names, types and shapes; and of the rest of the metadata.</summary>
    public const string Digest = "sha256", MetadataDigest = "sha256_metadata";

    private readonly string _path;

    private CheckpointFile(string path, string ending, IReadOnlyDictionary<string, string> metadata)
    {
        (_path, Ending, Metadata) = (path + ending, ending, metadata);
        _ = Number("format_version"); // what every checkpoint has, and no other safetensors file
        Step = Number("step");
    }

    /// <summary>What its name has at the end; nothing for the last checkpoint.</summary>
    public string Ending { get; }

    public long Step { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads the header; null, and a fault, when that fails.</summary>
    public static CheckpointFile? TryOpen(string path, string ending, List<string> faults)
    {
        try
        {
            using SafetensorsFile file = Safetensors.Open(path + ending);
            return new CheckpointFile(path, ending, file.Metadata);
        }
        catch (CheckpointException exception)
        {
            faults.Add(exception.Message);
            return null;
        }
    }

    /// <summary>The digest of metadata: lengths keep apart what belongs to a name and what to its text.</summary>
    public static string DigestOf(IEnumerable<KeyValuePair<string, string>> metadata)
    {
        StringBuilder text = new();
        foreach ((string name, string value) in
            metadata.Where(pair => pair.Key != MetadataDigest).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{name.Length}:{value.Length}:{name}{value}\n");
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>Whether it is a checkpoint of this run; one that is damaged is a fault, and another may be taken.</summary>
    /// <exception cref="CheckpointException">It is whole but not for this program or run: an older checkpoint would be the wrong
    /// answer.</exception>
    public bool Fits(int version, string config, List<string> faults)
    {
        if (Number("format_version") > version || IsWhole(Metadata))
        {
            Check(version, config);
            return true;
        }
        faults.Add(Damage);
        return false;
    }

    private string Damage =>
        $"{_path}: its numbers are not those that were written; the disk or a copy has damaged it. Restore the file from a copy.";

    /// <summary>Files from before there were digests, of either kind, have none.</summary>
    private static bool IsWhole(IReadOnlyDictionary<string, string> metadata) =>
        !metadata.ContainsKey(Digest) || !metadata.TryGetValue(MetadataDigest, out string? digest) || digest == DigestOf(metadata);

    private void Check(int version, string config)
    {
        long own = Number("format_version");
        if (own > version)
        {
            throw new CheckpointException(
                $"{_path}: its format version is {own}; this program reads up to {version}. Update MiniStack to continue this run.");
        }
        if (!Metadata.TryGetValue("config", out string? text) || text != config)
        {
            throw new CheckpointException(
                $"{_path}: it was saved with another configuration than this run's. " +
                "Restore the run's own files, or give the configuration it began with.");
        }
    }

    /// <summary>Reads the tensors; null, and a fault, when the file is damaged.</summary>
    public IReadOnlyDictionary<string, Tensor>? TryRead(List<string> faults)
    {
        try
        {
            IReadOnlyDictionary<string, Tensor> tensors = Safetensors.Load(_path);
            if (!Metadata.TryGetValue(Digest, out string? digest) || digest == Safetensors.Digest(tensors)) return tensors;
            faults.Add(Damage);
        }
        catch (CheckpointException exception)
        {
            faults.Add(exception.Message);
        }
        return null;
    }

    public long Number(string key) =>
        Metadata.TryGetValue(key, out string? text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new CheckpointException($"{_path}: its metadata lacks the number '{key}'; it is not a checkpoint of a training run.");

    public RngState Stream(string key)
    {
        if (!Metadata.TryGetValue(key, out string? text))
            throw new CheckpointException($"{_path}: its random stream '{key}' is missing. Restore the file from a copy.");
        return text.Split(':') is [var k, var p]
            && ulong.TryParse(k, NumberStyles.None, CultureInfo.InvariantCulture, out ulong streamKey)
            && ulong.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out ulong position)
                ? new RngState(streamKey, position)
                : throw new CheckpointException($"{_path}: its random stream '{key}' is damaged. Restore the file from a copy.");
    }
}
