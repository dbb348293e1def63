using MiniStack.Nn;

namespace MiniStack.Tests;

public class BufferTests
{
    [Fact]
    public void StateDict_WithBuffers_HoldsThePersistentOnesAfterTheParameters()
    {
        Counting module = new();
        Assert.Equal(["weight", "mean", "count"], module.StateDict().Keys);
        Assert.Equal(["mean", "count", "angles"], module.NamedBuffers().Select(named => named.Name));
        Assert.Single(module.Parameters());
    }

    [Fact]
    public void LoadStateDict_WithBuffers_CopiesThem()
    {
        Counting from = new(), to = new();
        from.Mean.Value.CopyFrom(Tensor.Full([2], 5));
        from.Count.Value.CopyFrom(Tensor.Scalar(7, DType.I64));
        Tensor before = to.Mean.Value;
        Assert.True(to.LoadStateDict(from.StateDict()).IsComplete);
        Assert.Same(before, to.Mean.Value);
        Assert.Equal([5f, 5], to.Mean.Value.ToArray<float>());
        Assert.Equal(7, to.Count.Value.Item());
        StateDict weights = new(from.StateDict().Where(pair => pair.Key == "weight"));
        CheckpointException error = Assert.Throws<CheckpointException>(() => to.LoadStateDict(weights));
        Assert.Contains("missing: mean, count", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void To_DeviceAndDType_TakesBuffersAlong()
    {
        Counting module = new Counting().To(DType.F64).To(Device.Reference);
        Assert.All(module.NamedBuffers(), named => Assert.Same(Device.Reference, named.Buffer.Value.Device));
        Assert.Equal(DType.F64, module.Mean.Value.DType);
        Assert.Equal(DType.I64, module.Count.Value.DType);
    }

    [Fact]
    public void Buffer_MadeInsideATape_OutlivesIt()
    {
        Counting module;
        using (Tape.Begin()) module = new Counting();
        Assert.Equal([0f, 0], module.Mean.Value.ToArray<float>());
    }

    [Fact]
    public void RegisterBuffer_NameTaken_Throws() => Assert.Throws<ConfigException>(() => new Twice());

    private sealed class Counting : Module
    {
        public Counting()
        {
            Weight = Register("weight", Tensor.Zeros([2]));
            Mean = RegisterBuffer("mean", Tensor.Zeros([2]));
            Count = RegisterBuffer("count", Tensor.Scalar(0, DType.I64));
            Angles = RegisterBuffer("angles", Tensor.Zeros([3]), persistent: false);
        }

        public Parameter Weight { get; }

        public ModuleBuffer Mean { get; }

        public ModuleBuffer Count { get; }

        public ModuleBuffer Angles { get; }
    }

    private sealed class Twice : Module
    {
        public Twice()
        {
            RegisterBuffer("mean", Tensor.Zeros([2]));
            RegisterBuffer("mean", Tensor.Zeros([2]));
        }
    }
}
