using MiniStack.Nn;

namespace MiniStack.Tests;

public class ModuleTests
{
    [Theory]
    [InlineData(true, "ln_1.weight ln_1.bias attn.c_attn.weight attn.c_attn.bias attn.c_proj.weight attn.c_proj.bias " +
        "ln_2.weight ln_2.bias mlp.c_fc.weight mlp.c_fc.bias mlp.c_proj.weight mlp.c_proj.bias")]
    [InlineData(false, "ln_1.weight attn.c_attn.weight attn.c_proj.weight ln_2.weight mlp.c_fc.weight mlp.c_proj.weight")]
    public void NamedParameters_TransformerBlock_AreThoseOfPyTorch(bool bias, string names)
    {
        TransformerBlock block = new(4, 2, new Rng(1), bias, dropout: 0, std: 1, projectionStd: 1);
        Assert.Equal(names.Split(' '), block.NamedParameters().Select(named => named.Name));
        Assert.Equal(names.Split(' '), block.Parameters().Select(parameter => parameter.Name));
    }

    [Fact]
    public void NamedParameters_OfAChild_CountFromTheChildButRenameNothing()
    {
        Pair pair = new(new Linear(2, 2, new Rng(1)), new Linear(2, 2, new Rng(2)));
        Assert.Equal(["weight", "bias"], pair.Second.NamedParameters().Select(named => named.Name));
        Assert.Equal("second.weight", pair.Second.Weight.Name);
        _ = pair.Second.ParameterCount; // what a debugger shows
        Assert.Equal("second.weight", pair.Second.Weight.Name);
    }

    [Fact]
    public void Path_NestedModules_JoinsTheirNames()
    {
        TransformerBlock block = new(4, 2, new Rng(1), bias: true, dropout: 0, std: 1, projectionStd: 1);
        Assert.Equal("", block.Path);
        Assert.Equal("attn.c_proj", block.Attention.Projection.Path);
        Assert.Equal(["ln_1", "attn", "ln_2", "mlp"], block.Children.Select(child => child.Name));
    }

    [Fact]
    public void Register_SharedParameter_IsListedOnceUnderItsFirstName()
    {
        Linear first = new(2, 2, new Rng(1), bias: false);
        Tied tied = new(first);
        // As in PyTorch, a module's own parameters come before those of its children.
        Assert.Equal(["again"], tied.NamedParameters().Select(named => named.Name));
        Assert.Equal(4, tied.ParameterCount);
        Assert.Single(tied.StateDict());
    }

    [Fact]
    public void Register_SharedParameter_CollectsBothGradients()
    {
        Tied tied = new(new Linear(2, 2, new Rng(1), bias: false));
        tied.ConvertTo(DType.F64);
        Variable x = Tensor.CopyOf([1.0, -2]);
        GradCheck.Run(() => tied.Call(x), [.. tied.Parameters()]);
    }

    [Fact]
    public void Register_ModuleOfAnotherParent_Throws()
    {
        Linear layer = new(2, 2, new Rng(1));
        _ = new Pair(layer, new Linear(2, 2, new Rng(1)));
        ConfigException error = Assert.Throws<ConfigException>(() => new Pair(new Linear(2, 2, new Rng(1)), layer));
        Assert.Equal("Pair: the module 'second' is already registered as 'first'. Share its parameters instead of the module.", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("taken")]
    public void Register_NameEmptyOrTaken_Throws(string name)
    {
        ConfigException error = Assert.Throws<ConfigException>(() => new Named(name));
        Assert.Equal($"Named: the name '{name}' is empty or registered already. Give each parameter and module its own.", error.Message);
    }

    [Fact]
    public void Eval_OfAParent_ReachesAllChildren()
    {
        TransformerBlock block = new(4, 2, new Rng(1), bias: true, dropout: 0.5, std: 1, projectionStd: 1);
        Assert.True(block.Attention.Dropout.IsTraining);
        block.Eval();
        Assert.False(block.Attention.Dropout.IsTraining);
        block.Train();
        Assert.True(block.Attention.Dropout.IsTraining);
    }

    [Fact]
    public void MoveTo_AnotherDevice_MovesEveryParameter()
    {
        Linear layer = new(2, 3, new Rng(1));
        float[] before = layer.Weight.Value.ToArray<float>();
        layer.MoveTo(Device.Reference);
        Assert.All(layer.Parameters(), parameter => Assert.Same(Device.Reference, parameter.Value.Device));
        Assert.Equal(before, layer.Weight.Value.ToArray<float>());
    }

    [Fact]
    public void To_AnotherDevice_ReturnsTheModuleItself()
    {
        Linear layer = new(2, 3, new Rng(1)), moved = layer.To(Device.Reference);
        Assert.Same(layer, moved);
        Assert.Same(Device.Reference, moved.Weight.Value.Device);
    }

    [Fact]
    public void ConvertTo_AndBack_KeepsTheValues()
    {
        Linear layer = new(2, 3, new Rng(1));
        float[] before = layer.Weight.Value.ToArray<float>();
        layer.ConvertTo(DType.F64);
        Assert.All(layer.Parameters(), parameter => Assert.Equal(DType.F64, parameter.Value.DType));
        layer.ConvertTo(DType.F32);
        Assert.Equal(before, layer.Weight.Value.ToArray<float>());
    }

    [Fact]
    public void ConvertTo_Integers_Throws()
    {
        DTypeException error = Assert.Throws<DTypeException>(() => new Linear(2, 3, new Rng(1)).ConvertTo(DType.I64));
        Assert.Equal("Parameter: only floats have gradients, not I64. Convert with To(DType.F32).", error.Message);
    }

    [Fact]
    public void Linear_OfParametersThatExist_SharesThem()
    {
        Linear layer = new(2, 3, new Rng(1));
        Linear again = new(layer.Weight, layer.Bias);
        Tensor x = Tensor.Normal([4, 2], new Rng(2));
        Assert.Equal(layer.Call(x).Value.ToArray<float>(), again.Call(x).Value.ToArray<float>());
        Assert.Equal(["weight", "bias"], again.NamedParameters().Select(named => named.Name));
        Assert.Same(layer.Weight, again.Weight);
        Assert.Null(new Linear(layer.Weight).Bias);
        Assert.Equal(
            "Linear: the weight must be [outputs, inputs] and the bias [outputs], not (3). Give the layer parameters of its shapes.",
            Assert.Throws<ShapeException>(() => new Linear(layer.Bias!)).Message);
        Assert.Equal(
            "Linear: the weight must be [outputs, inputs] and the bias [outputs], not (3, 2) and (2). Give the layer parameters of its shapes.",
            Assert.Throws<ShapeException>(() => new Linear(layer.Weight, new Parameter(Tensor.Zeros([2])))).Message);
    }

    [Fact]
    public void Modules_OfAPart_AreNamedFromThereOn()
    {
        Sequential whole = new(new Sequential(new Linear(2, 2, new Rng(1))));
        Assert.Equal(["", "0", "0.0"], whole.Modules().Select(named => named.Path));
        Assert.Equal(["", "0"], whole[0].Modules().Select(named => named.Path));
    }

    private sealed class Pair : Module
    {
        public Pair(Linear first, Linear second) => (First, Second) = (Register("first", first), Register("second", second));

        public Linear First { get; }

        public Linear Second { get; }
    }

    private sealed class Tied : Layer
    {
        private readonly Linear _first;
        private readonly Parameter _again;

        public Tied(Linear first) => (_first, _again) = (Register("first", first), Register("again", first.Weight));

        public override Variable Forward(Variable x) => _first.Call(x).Gelu().Linear(_again);
    }

    private sealed class Named : Module
    {
        public Named(string name)
        {
            Register("taken", Tensor.Zeros([1]));
            Register(name, Tensor.Zeros([1]));
        }
    }
}
