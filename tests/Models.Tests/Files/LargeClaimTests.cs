using System.Globalization;
using MiniStack.Formats;
using MiniStack.Formats.Tests;
using MiniStack.Models;
using MiniStack.Nn;

namespace MiniStack.Tests.Files;

/// <summary>A model folder costs no more than twice its files and 16 MiB, whatever sizes its config.json names.</summary>
public sealed class LargeClaimTests(ITestOutputHelper output) : TestFolder
{
    private const long Slack = 16 << 20;

    /// <summary>Sizes that cost no parameters, at their largest.</summary>
    [Fact]
    public void Load_ALlamaOfAHugeContext_CostsWhatItsWeightsDo()
    {
        Llama small = new(new LlamaConfig(11, 1_000_000, 2, 4, 2, 256, 24, TiedHead: true), new Rng(1));
        small.Save(Folder);
        Module loaded = Guarded(() => ModelFolder.Load(Folder))!;
        Assert.Equal(1_000_000, ((Llama)loaded).Config.Context);
        // And it computes as the one whose tables are made at once.
        Tensor tokens = Tensor.CopyOf([.. Enumerable.Range(0, 200).Select(i => (long)(i % 11))], [1, 200]);
        small.Eval();
        Assert.Equal(small.Call(tokens).Value.ToArray<float>(), ((Llama)loaded).Call(tokens).Value.ToArray<float>());
    }

    public static TheoryData<string> Models => ModelTable.Names;

    /// <summary>Each size of each model at 1,000 and 100,000, beside the weights of the small one, with and without the config in their file.</summary>
    [Theory]
    [MemberData(nameof(Models))]
    public void Load_SizesThatTheWeightsDoNotHave_AreRefusedBeforeTheyCostAnything(string name)
    {
        ModelRow row = ModelTable.ByName[name];
        Module model = row.Make(row.Config, new Rng(1));
        row.Type.GetMethod("Save")!.Invoke(model, [Folder]);
        Safetensors.Save(PathOf("model.safetensors"), model.StateDict());
        string config = File.ReadAllText(PathOf("config.json"));
        int tried = 0;
        foreach (System.Text.RegularExpressions.Match match in System.Text.RegularExpressions.Regex.Matches(config[config.IndexOf("\"config\"", StringComparison.Ordinal)..], @"(?<="": |^\s+)\d+(?=,?\s*$)", System.Text.RegularExpressions.RegexOptions.Multiline))
        {
            foreach (int size in (int[])[900, 99_000])
            {
                int at = config.IndexOf("\"config\"", StringComparison.Ordinal) + match.Index;
                File.WriteAllText(PathOf("config.json"), config[..at] + size.ToString(CultureInfo.InvariantCulture) + config[(at + match.Length)..]);
                Guarded(() => ModelFolder.Load(Folder));
                tried++;
            }
        }
        Assert.True(tried >= 2, config);
        output.WriteLine($"measured: {tried} configs of {name}");
    }

    /// <summary>What takes less room in a file than in a model must not stand for it.</summary>
    [Theory]
    [InlineData(DType.U8)]
    [InlineData(DType.Bool)]
    [InlineData(DType.I64)]
    public void Load_NumbersThatAreNoFloats_DoNotCount(DType dtype)
    {
        new MultilayerPerceptron(new MultilayerPerceptronConfig(2, [3], 1), new Rng(1)).Save(Folder);
        File.WriteAllText(PathOf("config.json"), """{"format_version": 1, "architecture": "MultilayerPerceptron", "config": {"inputs": 30000, "hidden": [1000], "outputs": 1}}""");
        Safetensors.Save(PathOf("model.safetensors"), [new("w", Tensor.Zeros([31_000_000], dtype))]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        CheckpointException error = Assert.Throws<CheckpointException>(() => ModelFolder.Load(Folder));
        Assert.Equal($"{PathOf("model.safetensors")}: it holds 0 numbers, but the sizes in config.json make a model of 30002001. Restore both files from one save.", error.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Equal(error.Message, Assert.Throws<CheckpointException>(() => ModelFolder.CheckWeights(PathOf("model.safetensors"), new MultilayerPerceptronConfig(30_000, [1000], 1))).Message);
    }

    /// <summary>Many small layers: each has objects around its few numbers.</summary>
    [Theory]
    [InlineData("Gpt", """{"vocabulary_size": 2, "context": 2, "layers": 1000, "heads": 1, "channels": 1, "bias": false, "dropout": 0}""")]
    [InlineData("Llama", """{"vocabulary_size": 2, "context": 2, "layers": 1000, "heads": 1, "key_heads": 1, "channels": 2, "hidden": 1, "tied_head": true, "theta": 10000, "epsilon": 1e-05}""")]
    [InlineData("Bert", """{"vocabulary_size": 2, "context": 2, "layers": 1000, "heads": 1, "channels": 1, "hidden": 1, "segments": 1, "dropout": 0, "epsilon": 1e-12}""")]
    [InlineData("LstmLanguageModel", """{"vocabulary_size": 2, "channels": 1, "hidden": 1, "layers": 1000, "dropout": 0}""")]
    public void Load_ManySmallLayersOfOneTensor_CostLittle(string architecture, string sizes)
    {
        File.WriteAllText(PathOf("config.json"), $$"""{"format_version": 1, "architecture": "{{architecture}}", "config": {{sizes}}}""");
        Safetensors.Save(PathOf("model.safetensors"), [new("w", Tensor.Zeros([65_536]))]);
        Assert.Null(Guarded(() => ModelFolder.Load(Folder)));
    }

    [Fact]
    public void Load_WeightsOfAnotherFramework_AreRefusedByName()
    {
        MultilayerPerceptron model = new(new MultilayerPerceptronConfig(2, [2], 2), new Rng(1));
        model.Save(Folder);
        foreach (string format in (string[])["tf", "flax", "mlx"])
        {
            Safetensors.Save(PathOf("model.safetensors"), model.StateDict(), new Dictionary<string, string> { ["format"] = format });
            Assert.Equal(
                $"{PathOf("model.safetensors")}: its metadata say that it has the format '{format}', whose weights may be transposed; models here take PyTorch's ('pt'). Convert it to PyTorch's first.",
                Assert.Throws<CheckpointException>(() => ModelFolder.Load(Folder)).Message);
        }
        Safetensors.Save(PathOf("model.safetensors"), model.StateDict(), new Dictionary<string, string> { ["format"] = "pt" });
        Assert.IsType<MultilayerPerceptron>(ModelFolder.Load(Folder));
    }

    [Theory]
    [InlineData("""{"model_type": "llama", "architectures": ["LlamaForCausalLM"]}""", "llama")]
    [InlineData("""{"architectures": ["GPT2LMHeadModel"], "n_embd": 768}""", "GPT2LMHeadModel")]
    public void Load_AConfigOfHuggingFace_SaysSo(string json, string type)
    {
        File.WriteAllText(PathOf("config.json"), json);
        string message = $"{PathOf("config.json")}: it is a Hugging Face config of '{type}', and not one of MiniStack's. Make a model of these sizes, and load its weights with Safetensors.Load and LoadStateDict.";
        Assert.Equal(message, Assert.Throws<CheckpointException>(() => ModelFolder.Load(Folder)).Message);
        Assert.Equal(message, Assert.Throws<CheckpointException>(() => Gpt.Load(Folder)).Message);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Load_AnyModel_IsInEvaluation(string name)
    {
        ModelRow row = ModelTable.ByName[name];
        row.Type.GetMethod("Save")!.Invoke(row.Make(row.Config, new Rng(1)), [Folder]);
        Assert.All(ModelFolder.Load(Folder).Modules(), named => Assert.False(named.Module.IsTraining));
    }

    /// <summary>The model, or null when it was refused, within twice the files and 16 MiB.</summary>
    private Module? Guarded(Func<Module> load)
    {
        long files = Directory.EnumerateFiles(Folder).Sum(file => new FileInfo(file).Length), before = GC.GetAllocatedBytesForCurrentThread();
        Module? model = null;
        try
        {
            model = load();
        }
        catch (CheckpointException)
        {
            // That is the other way out.
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * files + Slack);
        return model;
    }
}
