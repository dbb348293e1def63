using MiniStack.Nn;

namespace MiniStack.Tests;

public class StateDictTests
{
    private const string Remedy = " Build the model with the configuration the weights were saved with.";

    private readonly Linear _layer = new(2, 3, new Rng(1));

    [Fact]
    public void StateDict_OfAModule_HoldsTheLiveTensors()
    {
        StateDict state = _layer.StateDict();
        Assert.Equal(["weight", "bias"], state.Keys);
        Assert.Same(_layer.Weight.Value, state["weight"]);
    }

    [Fact]
    public void LoadStateDict_OfAnotherModel_CopiesAndConverts()
    {
        Linear other = new(2, 3, new Rng(2));
        float[] wanted = other.Weight.Value.ToArray<float>();
        other.ConvertTo(DType.F64);
        Tensor before = _layer.Weight.Value;
        StateDictReport report = _layer.LoadStateDict(other.StateDict());
        Assert.Same(before, _layer.Weight.Value);
        Assert.Equal(wanted, _layer.Weight.Value.ToArray<float>());
        Assert.Empty(report.Missing.Concat(report.Unexpected).Concat(report.Misshapen));
    }

    [Fact]
    public void LoadStateDict_FromAnotherDevice_StaysOnItsOwn()
    {
        Linear other = new(2, 3, new Rng(2));
        other.MoveTo(Device.Reference);
        _layer.LoadStateDict(other.StateDict());
        Assert.Same(Device.Cpu, _layer.Weight.Value.Device);
        Assert.Equal(other.Weight.Value.ToArray<float>(), _layer.Weight.Value.ToArray<float>());
    }

    [Fact]
    public void LoadStateDict_StrictWithOtherNames_ThrowsAndChangesNothing()
    {
        float[] before = _layer.Weight.Value.ToArray<float>();
        StateDict state = State(("weight", [3, 2]), ("gamma", [3]), ("beta", [3]));
        CheckpointException error = Assert.Throws<CheckpointException>(() => _layer.LoadStateDict(state));
        Assert.Equal("The weights do not fit the model. missing: bias. unexpected: beta, gamma." + Remedy, error.Message);
        Assert.Equal(before, _layer.Weight.Value.ToArray<float>());
    }

    [Fact]
    public void LoadStateDict_LenientWithOtherNames_LoadsTheRestAndReports()
    {
        float[] bias = _layer.Bias!.Value.ToArray<float>();
        StateDictReport report = _layer.LoadStateDict(State(("weight", [3, 2]), ("gamma", [3])), strict: false);
        Assert.Equal(["bias"], report.Missing);
        Assert.Equal(["gamma"], report.Unexpected);
        Assert.Empty(report.Misshapen);
        Assert.All(_layer.Weight.Value.ToArray<float>(), weight => Assert.Equal(7, weight));
        Assert.Equal(bias, _layer.Bias.Value.ToArray<float>());
    }

    [Fact]
    public void LoadStateDict_StrictAndMisshapen_ThrowsAndChangesNothing()
    {
        float[] bias = _layer.Bias!.Value.ToArray<float>();
        StateDict state = State(("bias", [3]), ("weight", [2, 3]));
        CheckpointException error = Assert.Throws<CheckpointException>(() => _layer.LoadStateDict(state));
        Assert.Equal("The weights do not fit the model. misshapen: weight is (2, 3), the model wants (3, 2)." + Remedy, error.Message);
        Assert.Equal(bias, _layer.Bias.Value.ToArray<float>());
    }

    [Fact]
    public void LoadStateDict_LenientAndMisshapen_LoadsTheRestAndReports()
    {
        float[] weight = _layer.Weight.Value.ToArray<float>();
        StateDictReport report = _layer.LoadStateDict(State(("bias", [3]), ("weight", [2, 3]), ("gamma", [1])), strict: false);
        Assert.Equal(["weight is (2, 3), the model wants (3, 2)"], report.Misshapen);
        Assert.Equal(["misshapen: weight is (2, 3), the model wants (3, 2)", "unexpected: gamma"], report.ToString().Split(Environment.NewLine));
        Assert.False(report.IsComplete);
        Assert.Equal(weight, _layer.Weight.Value.ToArray<float>());
        Assert.All(_layer.Bias!.Value.ToArray<float>(), bias => Assert.Equal(7, bias));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LoadStateDict_AllNamesBehindAPrefix_ThrowsAndSaysHowToLoad(bool strict)
    {
        StateDict state = State(("module.weight", [3, 2]), ("module.bias", [3]));
        CheckpointException error = Assert.Throws<CheckpointException>(() => _layer.LoadStateDict(state, strict));
        Assert.Equal(
            "The weights do not fit the model. missing: weight, bias. unexpected: module.bias, module.weight. " +
            "Every name begins with 'module.': load state.WithoutPrefix(\"module.\").", error.Message);
        Assert.True(_layer.LoadStateDict(state.WithoutPrefix("module."), strict).IsComplete);
        Assert.All(_layer.Weight.Value.ToArray<float>(), weight => Assert.Equal(7, weight));
    }

    [Fact]
    public void WithoutPrefix_ThatNoNameHas_Throws()
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => State(("a", [1]), ("b", [1])).WithoutPrefix("model."));
        Assert.Equal("No name of the state begins with 'model.'. Its names are a, b.", error.Message);
    }

    [Fact]
    public void LoadStateDict_ManyFaults_NamesThreeAndCountsTheRest()
    {
        TransformerBlock block = new(4, 2, new Rng(1), bias: true, dropout: 0, std: 1, projectionStd: 1);
        CheckpointException error = Assert.Throws<CheckpointException>(() => block.LoadStateDict(State()));
        Assert.Equal("The weights do not fit the model. missing: ln_1.weight, ln_1.bias, attn.c_attn.weight and 9 more." + Remedy, error.Message);
    }

    [Fact]
    public void LoadStateDict_InsideATape_OutlivesIt()
    {
        using (Tape.Begin()) _layer.LoadStateDict(State(("weight", [3, 2]), ("bias", [3])));
        Assert.All(_layer.Weight.Value.ToArray<float>(), weight => Assert.Equal(7, weight));
    }

    private static StateDict State(params (string Name, int[] Shape)[] tensors) =>
        new(tensors.Select(tensor => KeyValuePair.Create(tensor.Name, Tensor.Full(tensor.Shape, 7))));
}
