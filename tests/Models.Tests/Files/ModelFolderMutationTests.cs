using MiniStack.Formats.Tests;
using MiniStack.Models;
using MiniStack.Nn;

namespace MiniStack.Tests.Files;

/// <summary>The two files of a model, damaged at random: each loads or is refused with a sentence, at once, in little memory.</summary>
public sealed class ModelFolderMutationTests(ITestOutputHelper output) : TestFolder(manyFiles: true)
{
    private static readonly string[] Fragments =
    [
        "{", "}", "[", "]", ":", ",", "\"", "0", "1", "9", "-1", "1e9", "1e999", "2147483647", "null", "true", "\"context\"", "\"layers\"", "\"channels\"", "\"config\"", "\"Gpt\"", "\"Llama\"", "\\ud800", "\\u0000", " ", "\n", "é",
    ];

    [Fact]
    public void Load_MutatedConfigs_LoadOrAreRefused()
    {
        string[] models = ["Llama", "MultilayerPerceptron", "Gpt"];
        byte[][] configs = [.. models.Select(Saved)];
        output.WriteLine("config.json: " + Mutants.Try(Path.Combine(PathOf("Llama"), "config.json"), path => Load(Path.GetDirectoryName(path)!, "model.safetensors", path), (i, random) =>
        {
            // The other two's configs beside Llama's weights are refused; its own are loaded more often than not.
            List<byte> bytes = [.. configs[i % 4 == 0 ? 1 + i / 4 % 2 : 0]];
            Mutants.Change(bytes, bytes.Count, Fragments, random);
            return [.. bytes];
        }));
    }

    [Fact]
    public void Load_MutatedWeights_LoadOrAreRefused()
    {
        _ = Saved("MultilayerPerceptron");
        string file = Path.Combine(PathOf("MultilayerPerceptron"), "model.safetensors");
        byte[] valid = File.ReadAllBytes(file);
        int header = (int)BitConverter.ToInt64(valid);
        output.WriteLine("model.safetensors: " + Mutants.Try(file, path => Load(Path.GetDirectoryName(path)!, "config.json", path), (_, random) =>
        {
            List<byte> bytes = [.. valid];
            Mutants.Change(bytes, 8 + header, Fragments, random);
            if (random.Next(8) > 0 && bytes.Count > 8) BitConverter.GetBytes((long)(header + bytes.Count - valid.Length)).CopyTo(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes));
            return [.. bytes];
        }));
    }

    /// <summary>The config of a saved model, whose weights do not name it: a changed size is then compared with them.</summary>
    private byte[] Saved(string name)
    {
        ModelRow row = ModelTable.ByName[name];
        Module model = row.Make(row.Config, new Rng(1));
        string folder = PathOf(name);
        row.Type.GetMethod("Save")!.Invoke(model, [folder]);
        MiniStack.Formats.Safetensors.Save(Path.Combine(folder, "model.safetensors"), model.StateDict());
        return File.ReadAllBytes(Path.Combine(folder, "config.json"));
    }

    /// <summary>Of two files that do not fit, either may be blamed.</summary>
    private static void Load(string folder, string otherFile, string path)
    {
        string other = Path.Combine(folder, otherFile);
        try
        {
            ModelFolder.Load(folder);
        }
        catch (CheckpointException error) when (error.Message.StartsWith(other, StringComparison.Ordinal))
        {
            string told = error.Message[other.Length..];
            throw new CheckpointException($"{path}: {told[..Math.Min(told.Length, 300)]}", error); // names of tensors may be many
        }
    }
}
