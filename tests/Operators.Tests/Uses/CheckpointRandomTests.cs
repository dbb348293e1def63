using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>A segment that is computed twice sees the same random numbers both times, without being told which streams it draws from.</summary>
[Collection(nameof(ProcessWide))]
public class CheckpointRandomTests
{
    /// <summary>Segments by how they draw. Each is made anew, so that both runs begin with the same streams.</summary>
    private static readonly Dictionary<string, Func<(Func<Variable, Variable> Segment, Rng[] Streams)>> Segments = new()
    {
        ["dropout"] = () => With(rng => x => x.Dropout(0.5, rng)),
        ["dropout twice"] = () => With(rng => x => x.Dropout(0.5, rng) + x.Dropout(0.3, rng).Tanh()),
        ["two streams"] = () =>
        {
            Rng a = new(3), b = new(4);
            return (x => x.Dropout(0.5, a) * x.Dropout(0.2, b), [a, b]);
        },
        ["noise"] = () => With(rng => x => x * Tensor.Normal(x.Shape, rng, dtype: DType.F64)),
        ["uniform"] = () => With(rng => x => x * Tensor.Uniform(x.Shape, rng, dtype: DType.F64)),
        ["a coin"] = () => With(rng => x => rng.Next(2) == 0 ? x.Exp() : x.Sin()),
        ["a number"] = () => With(rng => x => x * rng.NextDouble()),
        ["a split stream"] = () => With(rng => x => x.Dropout(0.5, rng.Split(7))),
        ["a stream split by a draw"] = () => With(rng => x => x.Dropout(0.5, rng.Split(rng.NextUInt32()))),
        ["a stream of its own"] = () => (x => x.Dropout(0.5, new Rng(9)), []),
        ["a restored stream"] = () => With(rng => x =>
        {
            rng.Restore(new RngState(rng.Key + 1, rng.State.Position + 8));
            return x.Dropout(0.5, rng);
        }),
        ["attention"] = () => With(rng => x => Variable.Attention(x, x, x * 2, new AttentionOptions { Dropout = 0.4, Rng = rng })),
        ["a layer"] = () => With(rng => new Dropout(0.5, rng).Call),
        ["a layer of layers"] = () => With(rng =>
        {
            Sequential layers = new(new Linear(6, 6, new Rng(1)), new Dropout(0.5, rng), new Sequential(new Dropout(0.3, rng), new Tanh()));
            layers.ConvertTo(DType.F64);
            return layers.Call;
        }),
        ["a checkpoint inside"] = () => With(rng => x => Variable.Checkpoint(v => v[0].Dropout(0.5, rng).Exp(), [x.Dropout(0.5, rng)]).Dropout(0.5, rng)),
        ["two checkpoints inside"] = () => With(rng => x =>
            Variable.Checkpoint(v => Variable.Checkpoint(u => u[0].Dropout(0.5, rng).Sin(), [v[0].Dropout(0.5, rng)]).Exp(), [x])),
    };

    public static TheoryData<string> Names => [.. Segments.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Checkpoint_OfARandomSegment_GivesTheGradientAndLeavesTheStreamsAsWithout(string name)
    {
        (double[] gradient, RngState[] states) = Run(name, checkpointed: false);
        (double[] again, RngState[] statesAgain) = Run(name, checkpointed: true);
        for (int i = 0; i < gradient.Length; i++) Assert.Equal(gradient[i], again[i], 12);
        Assert.Contains(gradient, number => number != 0);
        Assert.Equal(states, statesAgain);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Grad_ThroughARandomSegment_GivesTheSameOnceAndTwice(string name)
    {
        (Func<Variable, Variable> plain, _) = Segments[name]();
        (Func<Variable, Variable> segment, _) = Segments[name]();
        (double[] first, double[] second) = Twice(plain);
        (double[] firstAgain, double[] secondAgain) = Twice(x => Variable.Checkpoint(v => segment(v[0]), [x]));
        for (int i = 0; i < first.Length; i++) Assert.Equal(first[i], firstAgain[i], 10);
        for (int i = 0; i < second.Length; i++) Assert.Equal(second[i], secondAgain[i], 10);

        static (double[] First, double[] Second) Twice(Func<Variable, Variable> function)
        {
            using Tape tape = Tape.Begin();
            Variable x = Variable.Watch(Input());
            Variable once = tape.Grad(function(x).Sin().Sum(), x), y = function(x).Sin().Sum();
            Variable recorded = tape.Grad(y, x, createGraph: true);
            return (once.Value.ToArray<double>(), tape.Grad((recorded * recorded).Sum(), x).Value.ToArray<double>());
        }
    }

    [Fact]
    public void Checkpoint_InTwoSteps_DrawsOnFromWhereTheForwardPassEnded()
    {
        Rng rng = new(5);
        Parameter w = new(Tensor.Ones([64], DType.F64));
        for (int step = 0; step < 3; step++)
        {
            using Tape tape = Tape.Begin();
            Variable y = Variable.Checkpoint(v => v[0].Dropout(0.5, rng), [w]);
            Tensor other = Tensor.Uniform([4], rng);        // somebody else draws before Backward
            RngState before = rng.State;
            tape.Backward(y.Sum());
            Assert.Equal(before, rng.State);
            Assert.Equal(y.Value.ToArray<double>(), w.Grad!.ToArray<double>());
            Assert.Equal(4, other.Count);
            w.ClearGrad();
        }
    }

    [Fact]
    public void Checkpoint_WithAnotherSeedEachTime_SaysThatTheNumbersDiffer()
    {
        ulong seed = 0;
        AssertDiffers(v => v[0].Dropout(0.5, new Rng(seed++)), () => { });
    }

    [Fact]
    public void Checkpoint_SwitchedToEvaluationBeforeBackward_SaysThatTheNumbersDiffer()
    {
        Dropout dropout = new(0.5, new Rng(1));
        AssertDiffers(v => dropout.Call(v[0]), dropout.Eval);
    }

    [Fact]
    public void Checkpoint_OfAnotherShapeTheSecondTime_SaysSo()
    {
        int calls = 0;
        Parameter w = new(Tensor.Ones([4]));
        using Tape tape = Tape.Begin();
        Variable loss = Variable.Checkpoint(v => v[0].Slice(0, 0, calls++ == 0 ? 2 : 3), [w]).Sum();
        Assert.Equal(
            "Checkpoint: the segment gave F32 of shape (2) in the forward pass, and F32 of shape (3) when Backward computed it again, " +
            "so its gradient would be wrong. It must depend on its inputs and parameters only.", Assert.Throws<TapeException>(() => tape.Backward(loss)).Message);
    }

    [Fact]
    public void Checkpoint_ThatChangesItsInput_SaysSo()
    {
        Parameter w = new(Tensor.Ones([4]));
        using Tape tape = Tape.Begin();
        Variable loss = Variable.Checkpoint(v =>
        {
            v[0].Value.ScaleInPlace(2);
            return v[0] * 3;
        }, [w * 1]).Sum();
        Assert.StartsWith("Backward: input 1 of Checkpoint, of shape (4), was changed in place", Assert.Throws<TapeException>(() => tape.Backward(loss)).Message);
    }

    [Fact]
    public void Checkpoint_ThatFailsInBackward_PutsTheStreamsBack()
    {
        Rng rng = new(5);
        int calls = 0;
        Parameter w = new(Tensor.Ones([4]));
        using Tape tape = Tape.Begin();
        Variable loss = Variable.Checkpoint(v => calls++ == 0 ? v[0].Dropout(0.5, rng) : throw new InvalidOperationException(), [w]).Sum();
        RngState before = rng.State;
        Assert.Throws<InvalidOperationException>(() => tape.Backward(loss));
        Assert.Equal(before, rng.State);
        Assert.False(Tape.IsRecomputing);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(null)]
    public void Checkpoint_OfBatchNorm_MovesItsStatisticsOnce(double? momentum)
    {
        (StateDict plain, double[] gradient) = Normed(checkpointed: false, momentum);
        (StateDict once, double[] again) = Normed(checkpointed: true, momentum);
        Assert.Equal(gradient, again);
        foreach ((string name, Tensor value) in plain) Assert.Equal(value.To(DType.F64).ToArray<double>(), once[name].To(DType.F64).ToArray<double>());

        static (StateDict State, double[] Gradient) Normed(bool checkpointed, double? momentum)
        {
            BatchNorm norm = new(6, momentum: momentum);
            norm.ConvertTo(DType.F64);
            Parameter w = new(Input());
            using Tape tape = Tape.Begin();
            for (int i = 0; i < 2; i++)
            {
                Func<Variable, Variable> segment = x => norm.Call(x.Exp()).Sin();
                Variable y = checkpointed ? Variable.Checkpoint(v => segment(v[0]), [w * 2]) : segment(w * 2);
                if (i == 1) tape.Backward(y.Sum());
            }
            return (norm.StateDict(), w.Grad!.ToArray<double>());
        }
    }

    [Fact]
    public void Grad_OfAParameterThatOnlyTheSegmentHolds_IsNotZero()
    {
        Parameter held = new(Tensor.CopyOf([2.0, 3]));
        using Tape tape = Tape.Begin();
        Variable y = Variable.Checkpoint(v => (v[0] * held * held).Exp(), [Tensor.CopyOf([0.5, 0.25])]).Sum();
        double[] expected = [2 * Math.Exp(2), 1.5 * Math.Exp(2.25)];
        double[] once = tape.Grad(y, held).Value.ToArray<double>(), recorded = tape.Grad(y, held, createGraph: true).Value.ToArray<double>();
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(expected[i], once[i], 10);
            Assert.Equal(expected[i], recorded[i], 10);
        }
    }

    [Fact]
    public void Checkpoint_DifferentiatedTwice_PassesTheCheckOfSecondDerivatives() =>
        GradCheck.RunTwice(v => Variable.Checkpoint(x => x[0].Exp() * x[1].Sin(), [v[0] * 2, v[1]]), Tensor.CopyOf([0.5, -1]), Tensor.CopyOf([0.3, 2]));

    private static void AssertDiffers(Func<Variable[], Variable> segment, Action beforeBackward)
    {
        Parameter w = new(Tensor.Ones([64]));
        using Tape tape = Tape.Begin();
        Variable loss = Variable.Checkpoint(segment, [w]).Sum();
        beforeBackward();
        Assert.Equal(
            "Checkpoint: the segment drew other random numbers when Backward computed it again than in the forward pass, so its gradient would be wrong. " +
            "Draw from streams that were made outside it (one made inside needs the same seed both times), and call Train and Eval before the forward pass or after Backward.",
            Assert.Throws<TapeException>(() => tape.Backward(loss)).Message);
        Assert.Null(w.Grad);
    }

    private static (double[] Gradient, RngState[] States) Run(string name, bool checkpointed)
    {
        (Func<Variable, Variable> segment, Rng[] streams) = Segments[name]();
        Parameter w = new(Input());
        using Tape tape = Tape.Begin();
        Variable x = w * 1.5;
        x = checkpointed ? Variable.Checkpoint(v => segment(v[0]), [x]) : segment(x);
        foreach (Rng stream in streams) stream.NextUInt32();
        tape.Backward(x.Sin().Sum());
        return (w.Grad!.ToArray<double>(), [.. streams.Select(stream => stream.State)]);
    }

    private static (Func<Variable, Variable> Segment, Rng[] Streams) With(Func<Rng, Func<Variable, Variable>> make)
    {
        Rng rng = new(3);
        return (make(rng), [rng]);
    }

    private static Tensor Input() => Tensor.Normal([5, 6], new Rng(2), dtype: DType.F64);
}
