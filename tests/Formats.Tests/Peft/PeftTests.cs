using System.Text;
using System.Text.Json;
using MiniStack.Nn;

namespace MiniStack.Formats.Tests;

public sealed class PeftTests(ITestOutputHelper output) : TestFolder(manyFiles: true)
{
    private const string Config = """{ "peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["up"], "bias": "none" }""";

    [Fact]
    public void SaveThenLoad_GivesTheSameAdapter()
    {
        LoadsAsSaved(Learned());
        LoadsAsSaved(Learned(new LoraConfig(Rank: 4, Alpha: 6, Targets: ["*"], RankStabilized: true)));
    }

    /// <summary>What PEFT 0.13 writes for a LoRA of two layers, shortened: names and fields are its own.</summary>
    [Fact]
    public void Save_WritesPeftsNamesAndFields()
    {
        Peft.Save(PathOf("adapter"), Learned().AdaptersOf()[0], "a/base");
        using SafetensorsFile file = Safetensors.Open(PathOf("adapter/adapter_model.safetensors"));
        Assert.Equal(
            [
                "base_model.model.down.lora_A.weight (2, 4)", "base_model.model.down.lora_B.weight (3, 2)", "base_model.model.table.lora_embedding_A (2, 5)",
                "base_model.model.table.lora_embedding_B (2, 2)", "base_model.model.up.lora_A.weight (2, 2)", "base_model.model.up.lora_B.weight (4, 2)",
            ],
            file.Entries.Select(entry => $"{entry.Name} {entry.Shape}").Order(StringComparer.Ordinal));
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(PathOf("adapter/adapter_config.json")));
        Assert.Equal("LORA", json.RootElement.GetProperty("peft_type").GetString());
        Assert.Equal(2, json.RootElement.GetProperty("r").GetInt32());
        Assert.Equal(6, json.RootElement.GetProperty("lora_alpha").GetDouble());
        Assert.Equal(["table", "up", "down"], json.RootElement.GetProperty("target_modules").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal("a/base", json.RootElement.GetProperty("base_model_name_or_path").GetString());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("modules_to_save").ValueKind);
    }

    /// <summary>PEFT keeps what it calls modules_to_save under the layer's own names.</summary>
    [Fact]
    public void SaveThenLoad_OfALayerInFull_KeepsItUnderItsOwnName()
    {
        Net net = Learned(new LoraConfig(Rank: 2, Targets: ["up"], InFull: ["down", "table"]));
        Peft.Save(PathOf("adapter"), net.AdaptersOf()[0]);
        using (SafetensorsFile file = Safetensors.Open(PathOf("adapter/adapter_model.safetensors")))
        {
            Assert.Equal(
                ["base_model.model.down.bias", "base_model.model.down.weight", "base_model.model.table.weight", "base_model.model.up.lora_A.weight", "base_model.model.up.lora_B.weight"],
                file.Entries.Select(entry => entry.Name).Order(StringComparer.Ordinal));
        }
        using (JsonDocument json = JsonDocument.Parse(File.ReadAllText(PathOf("adapter/adapter_config.json"))))
            Assert.Equal(["table", "down"], json.RootElement.GetProperty("modules_to_save").EnumerateArray().Select(name => name.GetString()));
        Net other = new();
        LoraAdapter loaded = Peft.Load(PathOf("adapter"), other, new Rng(5));
        Assert.Equal(["table", "down"], loaded.LayersInFull);
        Assert.Equal(net.Output(), other.Output());
        other.UseAdapter(null);
        Assert.Equal(new Net().Output(), other.Output());
    }

    [Theory]
    [InlineData("{", "adapter_config.json: it is not JSON (line 1). The file is damaged: copy, download or save it again.")]
    [InlineData("[1]", "adapter_config.json: it is not a JSON object. The file is damaged: copy, download or save it again.")]
    [InlineData("""{ "peft_type": "IA3" }""", "adapter_config.json: peft_type is not \"LORA\"; other adapters cannot be loaded here.")]
    [InlineData("""{ "peft_type": "LORA", "use_dora": true }""", "adapter_config.json: 'use_dora' is set; that variant of LoRA cannot be loaded here. Merge the adapter in PEFT (merge_and_unload) and load the whole model.")]
    [InlineData("""{ "peft_type": "LORA", "r": 2, "lora_alpha": 4, "use_rslora": 1 }""", "adapter_config.json: its use_rslora is neither true nor false. The file is damaged: copy, download or save it again.")]
    [InlineData("""{ "peft_type": "LORA", "rank_pattern": { "a": 3 } }""", "adapter_config.json: 'rank_pattern' is set; that variant of LoRA cannot be loaded here. Merge the adapter in PEFT (merge_and_unload) and load the whole model.")]
    [InlineData("""{ "peft_type": "LORA", "bias": "all" }""", "adapter_config.json: 'bias' is not \"none\"; adapters that change biases cannot be loaded here.")]
    [InlineData("""{ "peft_type": "LORA", "lora_alpha": 4 }""", "adapter_config.json: it lacks the number 'r'. The file is damaged: copy, download or save it again.")]
    [InlineData("""{ "peft_type": "LORA", "r": 2.5, "lora_alpha": 4 }""", "adapter_config.json: its rank r is 2.5. The file is damaged: copy, download or save it again.")]
    [InlineData("""{ "peft_type": "LORA", "r": 2, "lora_alpha": -4 }""", "adapter_config.json: its lora_alpha is -4. The file is damaged: copy, download or save it again.")]
    [InlineData("""{ "peft_type": "LORA", "r": 2, "lora_alpha": 4, "lora_dropout": 1 }""", "adapter_config.json: its lora_dropout is 1. The file is damaged: copy, download or save it again.")]
    [InlineData("""{ "peft_type": "LORA", "r": 2, "lora_alpha": 4, "modules_to_save": "up" }""", "adapter_config.json: its modules_to_save is no list of at most 4096 names. The file is damaged: copy, download or save it again.")]
    [InlineData("""{ "peft_type": "LORA", "r": 2, "lora_alpha": 4, "modules_to_save": ["down"] }""", "adapter_model.safetensors: it lacks the parameters of 'down', which adapter_config.json names in modules_to_save. Restore both files from one save.")]
    [InlineData("""{ "peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["up", 3] }""", "adapter_config.json: its target_modules is no list of at most 4096 names. The file is damaged: copy, download or save it again.")]
    [InlineData("""{ "peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["up", "down"] }""", "adapter_model.safetensors: it lacks the parameters of 'down', which adapter_config.json names in target_modules. Restore both files from one save.")]
    [InlineData("""{ "peft_type": "LORA", "r": 3, "lora_alpha": 4 }""", "adapter_model.safetensors: 'base_model.model.up.lora_A.weight' is (2, 2), but a rank of 3 and a weight of (4, 2) make it (3, 2). Restore both files from one save. Load them beside the model it was trained with.")]
    public void Load_OfAWrongConfig_SaysWhy(string json, string message)
    {
        Write(json, ("up.lora_A.weight", [2, 2]), ("up.lora_B.weight", [4, 2]));
        Refused(message);
    }

    [Fact]
    public void Load_OfWrongTensors_SaysWhyAndChangesNothing()
    {
        Write(Config, ("up.lora_A.weight", [2, 2]));
        Refused("adapter_model.safetensors: Lora: the state lacks 'base_model.model.up.lora_B.weight'. It has base_model.model.up.lora_A.weight; is it of another model?");
        Write(Config, ("up.lora_A.weight", [2, 2]), ("up.lora_B.weight", [5, 2]));
        Refused("adapter_model.safetensors: 'base_model.model.up.lora_B.weight' is (5, 2), but a rank of 2 and a weight of (4, 2) make it (4, 2). Restore both files from one save. Load them beside the model it was trained with.");
        Write(Config.Replace("\"r\": 2", "\"r\": 1048576", StringComparison.Ordinal), ("up.lora_A.weight", [1048576, 0]), ("up.lora_B.weight", [0, 1048576]));
        Refused("adapter_model.safetensors: 'base_model.model.up.lora_A.weight' is (1048576, 0), but a rank of 1048576 and a weight of (4, 2) make it (1048576, 2). Restore both files from one save. Load them beside the model it was trained with.");
        Write(Config, ("up.lora_embedding_A", [2, 2]));
        Refused("adapter_model.safetensors: 'base_model.model.up.lora_embedding_A' is (2, 2), but a rank of 2 and a weight of (4, 2) make it (2, 4). Restore both files from one save. Load them beside the model it was trained with.");
        Write(Config, ("h.0.up.lora_A.weight", [2, 2]));
        Refused("adapter_model.safetensors: it adapts 'h.0.up', but the model has no Linear or Embedding of this name. Load it beside the model it was trained with.");
        Write(Config, ("up.weight", [2, 2]));
        Refused("adapter_model.safetensors: it holds 'base_model.model.up.weight', which is no factor of a low-rank adapter (base_model.model.LAYER.lora_A.weight and the like), and no parameter of a layer that adapter_config.json names in modules_to_save. It cannot be loaded here.");
        string inFull = Config.Replace("\"bias\"", "\"modules_to_save\": [\"head\"], \"bias\"", StringComparison.Ordinal);
        Write(inFull, ("head.weight", [2, 2]));
        Refused("adapter_model.safetensors: it holds 'head' in full, but the model has no layer of this name. Load it beside the model it was trained with.");
        Write(inFull.Replace("head", "up", StringComparison.Ordinal), ("up.weight", [4, 2]), ("up.bias", [4]));
        Refused("adapter_model.safetensors: it holds no factors of a low-rank adapter. Restore the file from a copy.");
        Write(inFull.Replace("head", "down", StringComparison.Ordinal), ("up.lora_A.weight", [2, 2]), ("up.lora_B.weight", [4, 2]), ("down.weight", [3, 4]));
        Refused("adapter_model.safetensors: Lora: the state lacks 'base_model.model.down.bias'. It has base_model.model.down.weight, base_model.model.up.lora_A.weight, base_model.model.up.lora_B.weight; is it of another model?");
        Write(Config);
        Refused("adapter_model.safetensors: it holds no tensors. Restore the file from a copy.");
        File.Delete(PathOf("adapter_config.json"));
        Refused("adapter_config.json: cannot be read: there is no such file. Check the path.");
    }

    /// <summary>What PEFT writes for a classifier: all names that a head has in one model or another, and ends of names without a dot before them.</summary>
    [Theory]
    [InlineData("classifier", "down")]
    [InlineData("own")]
    [InlineData("score", "own", "head")]
    public void Load_OfPeftsShortNames_FindsTheLayers(params string[] names)
    {
        string toSave = $"\"modules_to_save\": [\"{string.Join("\", \"", names)}\"], \"bias\"";
        Write(Config.Replace("\"bias\"", toSave, StringComparison.Ordinal), ("up.lora_A.weight", [2, 2]), ("up.lora_B.weight", [4, 2]), ("down.weight", [3, 4]), ("down.bias", [3]));
        LoraAdapter loaded = Peft.Load(Folder, new Net(), new Rng(1));
        Assert.Equal(["up"], loaded.Layers);
        Assert.Equal(["down"], loaded.LayersInFull);
    }

    /// <summary>In PEFT a name may stand for a module with layers in it.</summary>
    [Fact]
    public void Load_OfAContainerInFull_FindsTheLayersInIt()
    {
        Write(
            Config.Replace("\"bias\"", "\"modules_to_save\": [\"1\"], \"bias\"", StringComparison.Ordinal),
            ("0.up.lora_A.weight", [2, 2]), ("0.up.lora_B.weight", [4, 2]), ("1.down.weight", [3, 4]), ("1.down.bias", [3]));
        LoraAdapter loaded = Peft.Load(Folder, new ModuleList<Net>([new Net(), new Net()]), new Rng(1));
        Assert.Equal(["0.up"], loaded.Layers);
        Assert.Equal(["1.down"], loaded.LayersInFull);
    }

    [Fact]
    public void SaveThenLoad_OfALayerAloneAndOfAPart_GivesTheSame()
    {
        Linear layer = new(2, 3, new Rng(1));
        Learn(layer.AddLora("a", new LoraConfig(1), new Rng(2)));
        Peft.Save(PathOf("layer"), layer.AdaptersOf()[0]);
        Linear other = new(2, 3, new Rng(1));
        Peft.Load(PathOf("layer"), other, new Rng(5));
        Tensor x = Tensor.Ones([1, 2]);
        Assert.Equal(layer.Call(x).Value.ToArray<float>(), other.Call(x).Value.ToArray<float>());

        ModuleList<Net> whole = new([new Net(), Learned()]);
        Peft.Save(PathOf("part"), whole[1].AdaptersOf()[0]);
        Peft.Load(PathOf("part"), whole[0], new Rng(5));
        Assert.Equal(whole[1].Output(), whole[0].Output());
        Net alone = new();
        Peft.Load(PathOf("part"), alone, new Rng(5));
        Assert.Equal(whole[1].Output(), alone.Output());
    }

    /// <summary>The scale stands in one file and what it scales in the other: a crash between the two must not go unseen.</summary>
    [Fact]
    public void Load_OfFilesFromTwoSaves_IsRefused()
    {
        Peft.Save(Folder, Learned().AdaptersOf()[0]);
        string config = File.ReadAllText(PathOf("adapter_config.json"));
        Peft.Save(Folder, Learned(new LoraConfig(Rank: 2, Alpha: 0.5, Targets: ["*"])).AdaptersOf()[0]);
        File.WriteAllText(PathOf("adapter_config.json"), config);
        Refused("adapter_model.safetensors: its factors were saved for a scale of '0.25', and adapter_config.json makes it 3. Restore both files from one save.");
    }

    [Fact]
    public void Load_OfAConfigWithoutEnd_IsRefusedUnread()
    {
        Write(Config);
        using (FileStream file = File.OpenWrite(PathOf("adapter_config.json"))) file.SetLength(1L << 32);
        Refused("adapter_config.json: it is larger than 1024 KiB. The file is damaged: copy, download or save it again.");
    }

    [Fact]
    public void Save_WhereNoFolderCanBe_SaysSo()
    {
        string file = FileOf([1], "file");
        CheckpointException error = Assert.Throws<CheckpointException>(() => Peft.Save(Path.Combine(file, "adapter"), Learned().AdaptersOf()[0]));
        Assert.StartsWith($"{file}/adapter: the folder cannot be made (", error.Message);
    }

    /// <summary>The names and shapes in the header of the weights, with a config that they may no longer fit.</summary>
    [Fact]
    public void Load_MutatedWeights_LoadOrAreRefused()
    {
        string file = PathOf("adapter_model.safetensors");
        Write(Config.Replace("\"bias\"", "\"modules_to_save\": [\"down\"], \"bias\"", StringComparison.Ordinal), ("up.lora_A.weight", [2, 2]), ("up.lora_B.weight", [4, 2]), ("down.weight", [3, 4]), ("down.bias", [3]));
        byte[] valid = File.ReadAllBytes(file);
        int header = (int)BitConverter.ToInt64(valid);
        Net net = new();
        string[] fragments = ["up", "down", "table", ".lora_A.weight", ".lora_B.weight", ".lora_embedding_A", "base_model.model.", "[", "]", ",", "0", "1048576", "\"F64\"", "\"I64\""];
        output.WriteLine(Mutants.Try(
            file,
            _ =>
            {
                Peft.Load(Folder, net, new Rng(1));
                net.RemoveAdapter("default");
            },
            (_, random) =>
            {
                List<byte> bytes = [.. valid];
                Mutants.Change(bytes, 8 + header, fragments, random);
                // The length of the header goes with it most times, or none would be looked at.
                if (random.Next(8) > 0 && bytes.Count > 8) BitConverter.GetBytes((long)(header + bytes.Count - valid.Length)).CopyTo(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes));
                return [.. bytes];
            }));
    }

    [Fact]
    public void Load_MutatedConfigs_LoadOrAreRefused()
    {
        Write(Config, ("up.lora_A.weight", [2, 2]), ("up.lora_B.weight", [4, 2]));
        Net net = new();
        string[] fragments = ["{", "}", "[", "]", ":", ",", "\"", "\"r\"", "\"lora_alpha\"", "\"bias\"", "\"modules_to_save\"", "true", "null", "-1", "1e9", "0", "2", "\"LORA\"", " ", "\\u0000", "\\ud800", "é"];
        output.WriteLine(Mutants.Try(
            PathOf("adapter_config.json"),
            path =>
            {
                try
                {
                    Peft.Load(Folder, net, new Rng(1));
                    net.RemoveAdapter("default");
                }
                catch (CheckpointException error) when (error.Message.StartsWith(PathOf("adapter_model.safetensors"), StringComparison.Ordinal))
                {
                    throw new CheckpointException($"{path}: {error.Message}", error); // of two files that do not fit, either may be blamed
                }
            },
            (_, random) =>
            {
                List<byte> bytes = [.. Encoding.UTF8.GetBytes(Config)];
                Mutants.Change(bytes, bytes.Count, fragments, random);
                return [.. bytes];
            }));
    }

    private void LoadsAsSaved(Net net)
    {
        Peft.Save(PathOf("adapter"), net.AdaptersOf()[0], "a/base");
        Assert.Equal(["adapter_config.json", "adapter_model.safetensors"], Directory.GetFiles(PathOf("adapter")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));

        Net other = new();
        LoraAdapter loaded = Peft.Load(PathOf("adapter"), other, new Rng(5), "again");
        Assert.Equal(net.Output(), other.Output());
        Assert.NotEqual(new Net().Output(), other.Output());
        Assert.Equal("again", loaded.Name);
        Assert.Equal(net.AdaptersOf()[0].Config with { Targets = null, InFull = null }, loaded.Config with { Targets = null, InFull = null });
        Assert.All(other.NamedParameters(), named => Assert.Equal(named.Name.Contains(".lora.", StringComparison.Ordinal), named.Parameter.RequiresGrad));
    }

    /// <summary>Nothing changes by what cannot be loaded, in a model without an adapter and in one where another acts.</summary>
    private void Refused(string message)
    {
        foreach (Net net in (Net[])[new(), Learned()])
        {
            int adapters = net.AdaptersOf().Count;
            float[] before = net.Output();
            net.Unfreeze();
            CheckpointException error = Assert.Throws<CheckpointException>(() => Peft.Load(Folder, net, new Rng(1)));
            Assert.Equal(Path.Combine(Folder, message), error.Message);
            Assert.Equal(adapters, net.AdaptersOf().Count);
            Assert.All(net.Parameters(), parameter => Assert.True(parameter.RequiresGrad));
            Assert.Equal(before, net.Output());
        }
    }

    private void Write(string config, params (string Name, Shape Shape)[] tensors)
    {
        File.WriteAllText(PathOf("adapter_config.json"), config);
        Safetensors.Save(PathOf("adapter_model.safetensors"), tensors.Select(tensor => KeyValuePair.Create("base_model.model." + tensor.Name, Tensor.Ones(tensor.Shape))));
    }

    private static Net Learned(LoraConfig? config = null)
    {
        Net net = new();
        LoraAdapter adapter = net.AddLora("a", config ?? new LoraConfig(Rank: 2, Alpha: 6, Dropout: 0.25, Targets: ["*"]), new Rng(2));
        Learn(adapter);
        net.Eval();
        return net;
    }

    private static void Learn(LoraAdapter adapter)
    {
        Rng rng = new(3);
        foreach (Parameter parameter in adapter.Parameters) parameter.Value.CopyFrom(Tensor.Normal(parameter.Shape, rng));
    }

    private sealed class Net : Layer<Tensor, Variable>
    {
        private readonly Embedding _table;
        private readonly Linear _up, _down;

        public Net()
        {
            Rng rng = new(1);
            _table = Register("table", new Embedding(5, 2, rng));
            _up = Register("up", new Linear(2, 4, rng));
            _down = Register("down", new Linear(4, 3, rng));
            Eval();
        }

        public override Variable Forward(Tensor tokens) => _down.Call(_up.Call(_table.Call(tokens)));

        public float[] Output() => Call(Tensor.CopyOf([0L, 4, 2])).Value.ToArray<float>();
    }
}
