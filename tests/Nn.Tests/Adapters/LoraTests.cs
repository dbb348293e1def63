using MiniStack.Nn;

namespace MiniStack.Tests;

public class LoraTests
{
    private static readonly LoraConfig All = new(Rank: 2, Alpha: 6, Targets: ["*"]);

    [Fact]
    public void AddLora_ThatHasLearnedNothing_ChangesNothing()
    {
        Net net = new();
        float[] before = Output(net);
        LoraAdapter adapter = net.AddLora("a", All, new Rng(2));
        Assert.Equal(before, Output(net));
        Assert.Equal(["table", "up", "down"], adapter.Layers);
        Assert.Equal(2 * (9 + 4) + 2 * (4 + 6) + 2 * (6 + 3), adapter.Parameters.Sum(parameter => parameter.Value.Count));
    }

    [Fact]
    public void Forward_WithAnAdapter_IsThatOfTheChangedWeights()
    {
        Net net = Learned(out LoraAdapter adapter, DType.F64);
        double[] beside = Output64(net);
        Net changed = new();
        changed.ConvertTo(DType.F64);
        Assert.True(Distance(beside, Output64(changed)) > 0.1, "The adapter does nothing.");
        foreach ((int i, Parameter weight) in ((Parameter[])[changed.Table.Weight, changed.Up.Weight, changed.Down.Weight]).Index())
        {
            Tensor product = adapter.Parameters[2 * i + 1].Value.MatMul(adapter.Parameters[2 * i].Value) * 3; // α/r
            weight.Value.AddInPlace(i == 0 ? product.Transpose() : product);
        }
        Assert.Equal(0, Distance(beside, Output64(changed)), 1e-12);
    }

    /// <summary>α/√r acts as a larger α does with α/r.</summary>
    [Fact]
    public void Forward_RankStabilized_DividesByTheRootOfTheRank()
    {
        Net stabilized = new(), plain = new();
        foreach ((Net net, LoraConfig config) in ((Net, LoraConfig)[])[(stabilized, new(Rank: 4, Alpha: 3, RankStabilized: true)), (plain, new(Rank: 4, Alpha: 6))])
        {
            Assert.Equal(1.5, config.Scale);
            Learn(net.AddLora("a", config, new Rng(2)), 3);
        }
        Assert.Equal(Output(plain), Output(stabilized));
    }

    [Fact]
    public void Backward_OfAnAdapter_EqualsDifferences()
    {
        Net net = Learned(out LoraAdapter adapter, DType.F64);
        GradCheck.Run(() => net.Call(Tokens), adapter.Parameters);
        Assert.All(net.NamedParameters(), named => Assert.Equal(named.Name.Contains(".lora.", StringComparison.Ordinal), named.Parameter.RequiresGrad));
    }

    [Fact]
    public void MergeThenUnmerge_GivesTheSameOutputsAndTheSameBits()
    {
        Net net = Learned(out LoraAdapter adapter, DType.F32);
        float[] beside = Output(net), weights = net.Up.Weight.Value.ToArray<float>();
        adapter.Merge();
        Assert.True(adapter.IsMerged);
        Assert.NotEqual(weights, net.Up.Weight.Value.ToArray<float>());
        Assert.All(beside.Zip(Output(net)), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        adapter.Unmerge();
        Assert.Equal(weights, net.Up.Weight.Value.ToArray<float>());
        Assert.Equal(beside, Output(net));
    }

    [Fact]
    public void UseAdapter_OfSeveral_Switches()
    {
        Net net = new();
        float[] plain = Output(net);
        Learn(net.AddLora("a", All, new Rng(2)), 3);
        float[] a = Output(net);
        Learn(net.AddLora("b", new LoraConfig(1, Targets: ["up"]), new Rng(4)), 5);
        float[] b = Output(net);
        Assert.NotEqual(a, b);
        net.UseAdapter("a");
        Assert.Equal(a, Output(net));
        net.UseAdapter(null);
        Assert.Equal(plain, Output(net));
        net.UseAdapter("b");
        Assert.Equal(b, Output(net));
        // Only the last one learns.
        Assert.All(net.NamedParameters(), named => Assert.Equal(named.Name.Contains(".lora.b.", StringComparison.Ordinal), named.Parameter.RequiresGrad));
    }

    [Fact]
    public void RemoveAdapter_LeavesTheModelAsItWas()
    {
        Net net = new();
        string[] names = [.. net.StateDict().Keys];
        float[] plain = Output(net);
        LoraAdapter adapter = net.AddLora("a", All, new Rng(2));
        Assert.Equal(names.Length + 6, net.StateDict().Count);
        Assert.Contains("up.lora.a.A", net.StateDict().Keys);
        Learn(adapter, 3);
        net.RemoveAdapter("a");
        Assert.Equal(names, net.StateDict().Keys);
        Assert.Equal(plain, Output(net));
        Assert.Empty(net.AdaptersOf());
        Assert.Equal("Lora: Merge: the adapter 'a' was removed from its model. Add it again.", Assert.Throws<ConfigException>(adapter.Merge).Message);
    }

    [Fact]
    public void StateDict_HasPeftsNames_AndGoesIntoAnotherModel()
    {
        Net net = Learned(out LoraAdapter adapter, DType.F32);
        StateDict state = adapter.StateDict();
        Assert.Equal(
            [
                "base_model.model.table.lora_embedding_A", "base_model.model.table.lora_embedding_B", "base_model.model.up.lora_A.weight",
                "base_model.model.up.lora_B.weight", "base_model.model.down.lora_A.weight", "base_model.model.down.lora_B.weight",
            ],
            state.Keys);
        Net other = new();
        LoraAdapter copy = other.AddLora("copy", All, new Rng(99));
        copy.LoadStateDict(state);
        Assert.Equal(Output(net), Output(other));

        float[] before = Output(other);
        StateDict wrong = new(state.Select(pair => KeyValuePair.Create(pair.Key, pair.Key.EndsWith("up.lora_B.weight", StringComparison.Ordinal) ? Tensor.Ones([6, 1]) : pair.Value)));
        Assert.Equal(
            "Lora: 'base_model.model.up.lora_B.weight' is (6, 1) in the state and (6, 2) here. Give the adapter the rank and the model it was trained with.",
            Assert.Throws<CheckpointException>(() => copy.LoadStateDict(wrong)).Message);
        wrong = new StateDict(state) { ["x"] = Tensor.Ones([1]) };
        Assert.Equal("Lora: the state has 'x', which this adapter does not. Adapt the same layers as it did.", Assert.Throws<CheckpointException>(() => copy.LoadStateDict(wrong)).Message);
        wrong.Remove("base_model.model.down.lora_A.weight");
        Assert.Equal(
            "Lora: the state lacks 'base_model.model.down.lora_A.weight'. It has base_model.model.table.lora_embedding_A, base_model.model.table.lora_embedding_B, " +
            "base_model.model.up.lora_A.weight and 3 more; is it of another model?",
            Assert.Throws<CheckpointException>(() => copy.LoadStateDict(wrong)).Message);
        Assert.Equal(before, Output(other));
    }

    [Fact]
    public void Dropout_OfAnAdapter_ActsWhileTraining()
    {
        Net net = new();
        Learn(net.AddLora("a", All with { Dropout = 0.5 }, new Rng(2)), 3);
        Assert.NotEqual(Output(net), Output(net));
        net.Eval();
        Assert.Equal(Output(net), Output(net));
        // An adapter that is added to a model which evaluates does so too.
        Learn(net.AddLora("b", All with { Dropout = 0.5 }, new Rng(4)), 5);
        Assert.Equal(Output(net), Output(net));
    }

    [Theory]
    [InlineData(DType.F16)]
    [InlineData(DType.F64)]
    public void AddLora_ToAConvertedModel_IsOfItsDType(DType dtype)
    {
        Net net = new();
        net.ConvertTo(dtype);
        Assert.All(net.AddLora("a", All, new Rng(2)).Parameters, parameter => Assert.Equal(dtype, parameter.Value.DType));
        net.ConvertTo(DType.F32); // and moves with it
        Assert.Equal(DType.F32, net.Call(Tokens).Value.DType);
    }

    [Fact]
    public void FineTune_SaysWhatLearns()
    {
        Net net = new();
        net.Freeze();
        Assert.Equal(5, net.FineTune(FineTuning.Full).Length);
        Assert.Equal(["down.weight", "down.bias"], net.FineTune(FineTuning.Only("down.*")).Select(parameter => parameter.Name));
        ConfigException error = Assert.Throws<ConfigException>(() => net.FineTune(FineTuning.Only("up.*", "head.*")));
        Assert.Equal("Net: no parameter's name fits 'head.*'. Its names are table.weight, up.weight, up.bias and 2 more; * stands for any text.", error.Message);
        Assert.Equal(["down.weight", "down.bias"], net.Parameters().Where(parameter => parameter.RequiresGrad).Select(parameter => parameter.Name));
        Assert.Equal("FineTuning: no patterns are given. Name parameters, such as h.3.*.", Assert.Throws<ConfigException>(() => net.FineTune(FineTuning.Only())).Message);
        Assert.Equal(["up.lora.default.A", "up.lora.default.B"], net.FineTune(FineTuning.Lora(new LoraConfig(Targets: ["up"]), new Rng(1))).Select(parameter => parameter.Name));
    }

    [Fact]
    public void Mistakes_AreSaidAndChangeNothing()
    {
        Net net = new();
        Says("Lora: the rank must be at least 1, not 0.", () => net.AddLora("a", new LoraConfig(Rank: 0), new Rng(1)));
        Says("Lora: alpha must be above 0, not 0.", () => net.AddLora("a", new LoraConfig(Alpha: 0), new Rng(1)));
        Says("Lora: dropout must be at least 0 and below 1, not 1.", () => net.AddLora("a", new LoraConfig(Dropout: 1), new Rng(1)));
        Says("Lora: the targets are empty. Name layers, or leave them null for every Linear.", () => net.AddLora("a", new LoraConfig(Targets: []), new Rng(1)));
        Says("Lora: no Linear or Embedding fits 'q_proj'. There are table, up, down; * stands for any text.", () => net.AddLora("a", new LoraConfig(Targets: ["up", "q_proj"]), new Rng(1)));
        Says("Lora: 'a.b' is no name for an adapter. Use letters, digits, - and _.", () => net.AddLora("a.b", All, new Rng(1)));
        Says("Lora: '' is no name for an adapter. Use letters, digits, - and _.", () => net.AddLora("", All, new Rng(1)));
        Says("Lora: LayerNorm has no Linear layer to adapt.", () => new LayerNorm(3).AddLora("a", new LoraConfig(), new Rng(1)));
        Says("Lora: there is no adapter 'a'. There is none; see AddLora.", () => net.UseAdapter("a"));
        Assert.All(net.Parameters(), parameter => Assert.True(parameter.RequiresGrad));

        LoraAdapter adapter = net.AddLora("a", All, new Rng(1));
        Says("Lora: there is an adapter 'a' already. Choose another name, or remove that one.", () => net.AddLora("a", All, new Rng(1)));
        Says("Lora: there is no adapter 'b'. There are a.", () => net.RemoveAdapter("b"));
        Says("Lora: the adapter 'a' is not merged.", adapter.Unmerge);
        adapter.Merge();
        Says("Lora: the adapter 'a' is merged already. Unmerge it first.", adapter.Merge);
        Says("Lora: the adapter 'a' is merged already. Unmerge it first.", () => net.UseAdapter("a"));
        Says("Lora: the adapter 'a' is merged already. Unmerge it first.", () => net.UseAdapter(null));
        Says("Lora: the adapter 'a' is merged already. Unmerge it first.", () => net.AddLora("b", All, new Rng(1)));
        Says("Lora: the adapter 'a' is merged. Unmerge it first.", () => net.RemoveAdapter("a"));

        static void Says(string message, Action mistake) => Assert.Equal(message, Assert.Throws<ConfigException>(mistake).Message);
    }

    [Fact]
    public void AddLora_ToALayerAlone_AdaptsIt()
    {
        Linear layer = new(2, 3, new Rng(1));
        foreach (IReadOnlyList<string>? targets in (IReadOnlyList<string>?[])[null, ["*"]])
        {
            LoraAdapter adapter = layer.AddLora("a", new LoraConfig(1, Targets: targets), new Rng(1));
            Assert.Equal(["base_model.model.lora_A.weight", "base_model.model.lora_B.weight"], adapter.StateDict().Keys);
            layer.RemoveAdapter("a");
        }
    }

    [Fact]
    public void AddLora_ToASharedWeight_IsRefused()
    {
        Tied tied = new();
        ConfigException error = Assert.Throws<ConfigException>(() => tied.AddLora("a", new LoraConfig(Targets: ["*"]), new Rng(1)));
        Assert.Equal(
            "Lora: the weight of 'layer' is shared, as again, layer.weight: an adapter would change one use of it and not the other. Leave the layer out.",
            error.Message);
    }

    /// <summary>Every layer that can learn in full does: what acts then is the adapter's copy, and nothing of the layer's own.</summary>
    [Fact]
    public void InFull_ActsInPlaceOfTheLayersOwn_AndIsSwitchedMergedAndTakenAway()
    {
        Layer[] layers = [new LayerNorm(4), new LayerNorm(4, bias: false), new RmsNorm(4), new GroupNorm(2, 4), new InstanceNorm(4, affine: true), new Linear(4, 4, new Rng(3))];
        IEnumerable<Type> all = typeof(IReplaceable).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IReplaceable)));
        Assert.Equal(all.Select(type => type.Name).Order(), layers.Select(layer => layer.GetType().Name).Append(nameof(Embedding)).Distinct().Order()); // the table is below
        Tensor x = Tensor.Normal([2, 4, 4], new Rng(4));
        foreach (Layer layer in layers)
        {
            ModuleList<Layer> net = new([layer, new Linear(2, 2, new Rng(1))]);
            float[] plain = layer.Call(x).Value.ToArray<float>(), own = [.. layer.Parameters().SelectMany(parameter => parameter.Value.ToArray<float>())];
            LoraAdapter adapter = net.AddLora("a", new LoraConfig(1, InFull: ["0"]), new Rng(2));
            Assert.Equal(["1"], adapter.Layers);
            Assert.Equal(["0"], adapter.LayersInFull);
            Assert.Equal(plain, layer.Call(x).Value.ToArray<float>());
            Learn(adapter, 3);
            float[] learned = layer.Call(x).Value.ToArray<float>();
            Assert.NotEqual(plain, learned);
            adapter.Merge();
            Assert.Equal(learned, layer.Call(x).Value.ToArray<float>()); // nothing is added up, so nothing is rounded
            adapter.Unmerge();
            Assert.Equal(learned, layer.Call(x).Value.ToArray<float>());
            net.UseAdapter(null);
            Assert.Equal(plain, layer.Call(x).Value.ToArray<float>());
            net.RemoveAdapter("a");
            Assert.Equal(own, layer.Parameters().SelectMany(parameter => parameter.Value.ToArray<float>()));
        }
    }

    [Fact]
    public void InFull_OfATable_ActsWhereverItIsUsed()
    {
        Net net = new();
        LoraAdapter adapter = net.AddLora("a", new LoraConfig(1, Targets: ["up"], InFull: ["table"]), new Rng(2));
        Parameter copy = net.NamedParameters().Single(named => named.Name == "table.lora.a.weight").Parameter;
        copy.Value.CopyFrom(Tensor.Normal(copy.Shape, new Rng(7)));
        Net changed = new();
        changed.Table.Weight.Value.CopyFrom(copy.Value);
        Assert.Equal(Output(changed), Output(net));
        // The copy learns, the table does not; and gradients are right through all three uses.
        Assert.Equal(["table.lora.a.weight", "up.lora.a.A", "up.lora.a.B"], net.NamedParameters().Where(named => named.Parameter.RequiresGrad).Select(named => named.Name).Order(StringComparer.Ordinal));
        net.ConvertTo(DType.F64);
        GradCheck.Run(() => net.Call(Tokens), adapter.Parameters);
    }

    [Fact]
    public void InFull_OfSeveralAdapters_EachHasCopiesOfItsOwn()
    {
        Net net = new();
        float[] plain = Output(net);
        Learn(net.AddLora("a", new LoraConfig(1, Targets: ["up"], InFull: ["table", "down"]), new Rng(2)), 3);
        float[] a = Output(net);
        LoraAdapter b = net.AddLora("b", new LoraConfig(2, Alpha: 2, Targets: ["up", "table"], InFull: ["down"]), new Rng(4));
        Learn(b, 5);
        float[] both = Output(net);
        Assert.Equal(3, ((float[][])[plain, a, both]).Select(output => output[0]).Distinct().Count());
        net.UseAdapter("a");
        Assert.Equal(a, Output(net));
        net.UseAdapter("b");
        b.Merge();
        Assert.All(both.Zip(Output(net)), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        b.Unmerge();
        net.RemoveAdapter("b");
        Assert.Equal(plain, Output(net));
        net.UseAdapter("a");
        Assert.Equal(a, Output(net));
    }

    /// <summary>An adapter of a part and one of the whole have layers in common.</summary>
    [Fact]
    public void AddLora_ToAPartAndToTheWhole_KnowOfEachOther()
    {
        ModuleList<Net> whole = new([new Net(), new Net()]);
        LoraAdapter part = whole[0].AddLora("part", All, new Rng(2));
        Assert.Equal(["table", "up", "down"], part.Layers);
        Assert.Equal("base_model.model.table.lora_embedding_A", part.StateDict().Keys.First());
        Learn(part, 3);
        float[] beside = Output(whole[0]);
        whole.Unfreeze();
        Says("Lora: there is an adapter 'part' already. Choose another name, or remove that one.", () => whole.AddLora("part", All, new Rng(1)));
        part.Merge();
        Says("Lora: the adapter 'part' is merged already. Unmerge it first.", () => whole.AddLora("whole", All, new Rng(1)));
        part.Unmerge();
        Assert.All(whole.Parameters(), parameter => Assert.True(parameter.RequiresGrad));
        Assert.Equal(beside, Output(whole[0]));

        LoraAdapter all = whole.AddLora("whole", All, new Rng(1));
        Assert.Equal(["0.table", "0.up", "0.down", "1.table", "1.up", "1.down"], all.Layers);
        Assert.Equal(Output(new Net()), Output(whole[0])); // the new one acts in place of the other, and has learned nothing
        all.Merge();
        Says("Lora: the adapter 'whole' is merged already. Unmerge it first.", () => whole[0].UseAdapter("part"));
        all.Unmerge();
        whole[0].UseAdapter("part");
        Assert.Equal(beside, Output(whole[0]));

        static void Says(string message, Action mistake) => Assert.Equal(message, Assert.Throws<ConfigException>(mistake).Message);
    }

    [Fact]
    public void AddLora_WithWhatDoesNotFit_LeavesTheModelAsItWas()
    {
        Net net = Learned(out LoraAdapter adapter, DType.F32);
        net.Unfreeze();
        float[] before = Output(net);
        string[] names = [.. net.StateDict().Keys];
        StateDict learned = adapter.StateDict();
        Assert.Throws<CheckpointException>(() => net.AddLora("b", All with { Rank = 3 }, new Rng(2), learned));
        Assert.Equal(before, Output(net));
        Assert.Equal(names, net.StateDict().Keys);
        Assert.All(net.Parameters(), parameter => Assert.True(parameter.RequiresGrad));
        net.AddLora("b", All, new Rng(9), learned);
        Assert.Equal(before, Output(net));
    }

    [Fact]
    public void InFull_OfWhatCannot_IsSaid()
    {
        Net net = new();
        Assert.Equal(
            "Lora: no layer that can learn in full fits 'norm'. There are table, up, down; * stands for any text.",
            Assert.Throws<ConfigException>(() => net.AddLora("a", new LoraConfig(InFull: ["norm"]), new Rng(1))).Message);
        Assert.Equal(
            "Lora: all layers of the targets learn in full, and none is left for factors. Take one out of InFull, or use FineTuning.Only without an adapter.",
            Assert.Throws<ConfigException>(() => net.AddLora("a", new LoraConfig(InFull: ["*"]), new Rng(1))).Message);
        Assert.Equal(
            "Lora: the weight of 'layer' is shared, as again, layer.weight: an adapter would change one use of it and not the other. Leave the layer out.",
            Assert.Throws<ConfigException>(() => new Tied().AddLora("a", new LoraConfig(InFull: ["layer"]), new Rng(1))).Message);
        Assert.All(net.Parameters(), parameter => Assert.True(parameter.RequiresGrad));
    }

    private static Tensor Tokens => Tensor.CopyOf([1L, 8, 0, 3, 3, 5], [2, 3]);

    private static Net Learned(out LoraAdapter adapter, DType dtype)
    {
        Net net = new();
        net.ConvertTo(dtype);
        adapter = net.AddLora("a", All, new Rng(2));
        Learn(adapter, 3);
        return net;
    }

    /// <summary>As if it had been trained: no factor is zero.</summary>
    private static void Learn(LoraAdapter adapter, ulong seed)
    {
        Rng rng = new(seed);
        foreach (Parameter parameter in adapter.Parameters) parameter.Value.CopyFrom(Tensor.Normal(parameter.Shape, rng, 0, 0.5).To(parameter.Value.DType));
    }

    private static float[] Output(Net net) => net.Call(Tokens).Value.ToArray<float>();

    private static double[] Output64(Net net) => net.Call(Tokens).Value.ToArray<double>();

    private static double Distance(double[] a, double[] b) => a.Zip(b).Max(pair => Math.Abs(pair.First - pair.Second));

    /// <summary>Every way in which an adapted layer is used: a table looked up, its first rows, and its scores; a product with GELU and one without.</summary>
    private sealed class Net : Layer<Tensor, Variable>
    {
        public Net()
        {
            Rng rng = new(1);
            Table = Register("table", new Embedding(9, 4, rng));
            Up = Register("up", new Linear(4, 6, rng, gelu: true));
            Down = Register("down", new Linear(6, 3, rng));
        }

        public Embedding Table { get; }

        public Linear Up { get; }

        public Linear Down { get; }

        public override Variable Forward(Tensor tokens)
        {
            Variable x = Table.Call(tokens) + Table.First(tokens.Shape[1]);
            return Variable.Concat([Down.Call(Up.Call(x)), Table.Against(x)], -1);
        }
    }

    private sealed class Tied : Module
    {
        public Tied()
        {
            Linear layer = Register("layer", new Linear(2, 2, new Rng(1)));
            Register("again", layer.Weight);
        }
    }
}
