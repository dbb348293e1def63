using System.Globalization;
using MiniStack.Formats;

namespace MiniStack.Training;

/// <summary>One file of a <see cref="Checkpoint"/>: its header first, its tensors when they are wanted.</summary>
internal sealed class CheckpointFile
{
    public const string Digest = "sha256";

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

    /// <summary>Refuses what is whole but not for this program or run: an older checkpoint would be the wrong answer.</summary>
    public void Check(int version, string config)
    {
        long own = Number("format_version");
        if (own > version)
            throw new CheckpointException($"{_path}: its format version is {own}; this program reads up to {version}. Update MiniStack to continue this run.");
        if (!Metadata.TryGetValue("config", out string? text) || text != config)
            throw new CheckpointException($"{_path}: it was saved with another configuration than config.json says. Restore the run's own files.");
    }

    /// <summary>Reads the tensors; null, and a fault, when the file is damaged.</summary>
    public IReadOnlyDictionary<string, Tensor>? TryRead(List<string> faults)
    {
        try
        {
            IReadOnlyDictionary<string, Tensor> tensors = Safetensors.Load(_path);
            if (!Metadata.TryGetValue(Digest, out string? digest) || digest == Safetensors.Digest(tensors)) return tensors;
            faults.Add($"{_path}: its numbers are not those that were written; the disk or a copy has damaged it. Restore the file from a copy.");
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
