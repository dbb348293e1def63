namespace MiniStack.Tests;

[Collection(nameof(ProcessWide))]
public class CheckpointTests
{
    private readonly Parameter _weight = new(Tensor.Normal([16, 16], new Rng(1), dtype: DType.F64));
    private readonly Tensor _x = Tensor.Normal([8, 16], new Rng(2), dtype: DType.F64);

    [Fact]
    public void Checkpoint_WithDropout_GivesTheSameValueAndGradients()
    {
        (double plain, double[] plainGradient, RngState plainState) = Run(checkpointed: false);
        (double value, double[] gradient, RngState state) = Run(checkpointed: true);
        Assert.Equal(plain, value);
        Assert.Equal(plainGradient.Length, gradient.Length);
        for (int i = 0; i < gradient.Length; i++) Assert.Equal(plainGradient[i], gradient[i], 12);
        Assert.Equal(plainState, state);
    }

    [Fact]
    public void Checkpoint_OfManyLayers_HoldsLessMemory()
    {
        long plain = Blocks(checkpointed: false), less = Blocks(checkpointed: true);
        Assert.InRange(less, 1, plain / 2);
    }

    [Fact]
    public void Checkpoint_UsingAVariableThatIsNoInput_SaysSo()
    {
        using Tape tape = Tape.Begin();
        Variable hidden = _weight * 2, y = Variable.Checkpoint(v => v[0].MatMul(hidden), [_x]).Sum();
        Assert.StartsWith("MatMul: an input was recorded by a tape that", Assert.Throws<TapeException>(() => tape.Backward(y)).Message);
    }

    [Fact]
    public void Hook_OnTheWayBack_SeesAndChangesTheGradient()
    {
        Parameter w = new(Tensor.CopyOf([1.0, -2]));
        double[] seen = [];
        using Tape tape = Tape.Begin();
        Variable y = (w * 3).Hook(dy =>
        {
            seen = dy.Value.ToArray<double>();
            return dy.Clamp(-0.5, 0.5);
        });
        tape.Backward((y * y).Sum());
        Assert.Equal([6.0, -12], seen);
        Assert.Equal([1.5, -1.5], w.Grad!.ToArray<double>());
    }

    private (double Value, double[] Gradient, RngState State) Run(bool checkpointed)
    {
        Rng rng = new(5);
        using Tape tape = Tape.Begin();
        Variable x = _x;
        for (int i = 0; i < 3; i++)
        {
            x = checkpointed ? Variable.Checkpoint(v => Layer(v[0], rng), [x]) : Layer(x, rng);
        }
        Variable loss = x.Sum();
        tape.Backward(loss);
        double[] gradient = _weight.Grad!.ToArray<double>();
        _weight.ClearGrad();
        return (loss.Item(), gradient, rng.State);
    }

    private Variable Layer(Variable x, Rng rng) => x.MatMul(_weight).Tanh().Dropout(0.3, rng).Gelu().Exp().Sin();

    /// <summary>How many blocks eight layers of seven operators hold until the backward pass.</summary>
    private static long Blocks(bool checkpointed)
    {
        CpuMemory.Trim();
        using Tape tape = Tape.Begin();
        Variable x = Variable.Watch(Tensor.Normal([256, 256], new Rng(3), dtype: DType.F64));
        Func<Variable[], Variable> layer = v => v[0].Tanh().Exp().Sin().Cos().Tanh().Exp().Sin();
        long before = CpuMemory.FreshBlocks;
        for (int i = 0; i < 8; i++) x = checkpointed ? Variable.Checkpoint(layer, [x]) : layer([x]);
        return CpuMemory.FreshBlocks - before;
    }
}
