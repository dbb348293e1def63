using MiniStack.Data;
using MiniStack.Formats;
using MiniStack.Models;
using MiniStack.Nn;

namespace MiniStack.Tests.Files;

/// <summary>Every public way to read or write a file in the rooms Data, Formats and Models, by a name; each with the number of methods it stands for.</summary>
internal static class PathTable
{
    private static readonly Tensor Numbers = Tensor.Ones([2]);

    /// <summary>Reads the file of a path.</summary>
    public static IReadOnlyDictionary<string, Action<string>> Readers { get; } = new Dictionary<string, Action<string>>
    {
        ["PlainFile.Open"] = path => PlainFile.Open(path).Dispose(),
        ["PlainFile.ReadBytes"] = path => PlainFile.ReadBytes(path, 1 << 20, _ => new DataException("too large")),
        ["Safetensors.Open"] = path => Safetensors.Open(path).Dispose(),
        ["Safetensors.Load"] = path => Safetensors.Load(path),
        ["Safetensors.Load with metadata"] = path => Safetensors.Load(path, out _),
        ["Npy.Load"] = path => Npy.Load(path),
        ["Npz.Load"] = path => Npz.Load(path),
        ["TokenizerJson.Load"] = path => TokenizerJson.Load(path),
        ["IdxFile.Read"] = path => IdxFile.Read(path),
        ["IdxFile.ReadBytes"] = path => IdxFile.ReadBytes(path),
        ["ImageDataset.FromIdx"] = path => ImageDataset.FromIdx(path, path),
        ["CifarFile.Read"] = path => CifarFile.Read(CifarKind.Cifar10, path),
        ["CsvFile"] = path => new CsvFile(path).ReadFrom().Count(),
        ["JsonLines"] = path => new JsonLines(path).ReadFrom().Count(),
        ["TextLines"] = path => new TextLines(path).ReadFrom().Count(),
        ["TextFile.Read"] = path => TextFile.Read(path),
        ["TokenShard.Open"] = path => TokenShard.Open(path).Dispose(),
        ["ModelFolder.CheckWeights"] = path => ModelFolder.CheckWeights(path, new MultilayerPerceptronConfig(1, [], 1)),
    };

    /// <summary>Writes a new file of a path.</summary>
    public static IReadOnlyDictionary<string, Action<string>> Writers { get; } = new Dictionary<string, Action<string>>
    {
        ["PlainFile.CheckTarget"] = PlainFile.CheckTarget,
        ["AtomicFile.Write"] = path => AtomicFile.Write(path, stream => stream.WriteByte(1)),
        ["AtomicFile.WriteText"] = path => AtomicFile.WriteText(path, "text"),
        ["Safetensors.Save"] = path => Safetensors.Save(path, [new("w", Numbers)]),
        ["Npy.Save"] = path => Npy.Save(path, Numbers),
        ["Npz.Save"] = path => Npz.Save(path, [new("w", Numbers)]),
        ["TokenizerJson.Save"] = path => TokenizerJson.Save(path, new WordPiece(new Dictionary<string, int> { ["[UNK]"] = 0 })),
        ["TokenShardWriter"] = path =>
        {
            using TokenShardWriter writer = new(path, 10);
            writer.Append([1, 2, 3]);
            writer.Complete();
        },
    };

    /// <summary>Reads or writes files in a folder; a file of these names is in it where one is read.</summary>
    public static IReadOnlyDictionary<string, (Action<string> Use, string[] Files)> Folders { get; } = MakeFolders();

    private static Dictionary<string, (Action<string> Use, string[] Files)> MakeFolders()
    {
        Dictionary<string, (Action<string> Use, string[] Files)> folders = new()
        {
            ["Peft.Load"] = (folder => Peft.Load(folder, new Linear(2, 2, new Rng(1)), new Rng(2)), ["adapter_config.json", "adapter_model.safetensors"]),
            ["ModelFolder.Load"] = (folder => ModelFolder.Load(folder), ["config.json", "model.safetensors"]),
        };
        foreach ((string name, ModelRow row) in ModelTable.ByName)
        {
            Func<string, Device?, Module> load = row.Type.GetMethod("Load")!.CreateDelegate<Func<string, Device?, Module>>();
            folders.Add($"{name}.Load", (folder => load(folder, null), ["config.json", "model.safetensors"]));
        }
        return folders;
    }

    /// <summary>Writes into a folder that it makes.</summary>
    public static IReadOnlyDictionary<string, Action<string>> FolderWriters { get; } = MakeFolderWriters();

    private static Dictionary<string, Action<string>> MakeFolderWriters()
    {
        Linear linear = new(2, 2, new Rng(1));
        LoraAdapter adapter = linear.AddLora("a", new LoraConfig(1, Targets: ["*"]), new Rng(1));
        Dictionary<string, Action<string>> writers = new()
        {
            ["AtomicFile.MakeFolder"] = AtomicFile.MakeFolder,
            ["Peft.Save"] = folder => Peft.Save(folder, adapter),
        };
        foreach ((string name, ModelRow row) in ModelTable.ByName)
        {
            Action<string> save = row.Type.GetMethod("Save")!.CreateDelegate<Action<string>>(row.Make(row.Config, new Rng(1)));
            writers.Add($"{name}.Save", save);
        }
        return writers;
    }
}
