namespace MiniStack.Tests.Docs;

/// <summary>The page's listings about tensors and gradients compute what PyTorch computes.</summary>
public sealed class TensorListings
{
    [Fact]
    public void Tensors_AddedAfterPromotion_AreThoseOfPyTorch()
    {
        // <tensors>
        Tensor a = Tensor.CopyOf(new float[,] { { 1, 2 }, { 3, 4 } }); // F32
        Tensor n = Tensor.Arange(2);                                   // I64
        Tensor c = a + n.To(DTypes.Promote(a.DType, n.DType));         // F32, because it says so
        Tensor half = Tensor.Zeros([2], DType.BF16);
        // </tensors>
        Assert.Equal(DType.F32, c.DType);
        Same("tensors", c, half);
        PageCases.Quoted(Assert.Throws<DTypeException>(() => a + n));
    }

    [Fact]
    public void Indexing_WithRangesAndSteps_TakesThoseOfPyTorch()
    {
        // <indexing>
        Tensor x = Tensor.Arange(24).Reshape(4, 6);
        Tensor last = x[1..^1, ^1];
        Tensor even = x[.., TensorIndex.Every(2)];
        Tensor added = x[TensorIndex.Ellipsis, TensorIndex.NewAxis, 0];
        Tensor picked = x.IndexSelect(0, Tensor.CopyOf([3L, 1L]));
        x[0, ..2] = Tensor.Zeros([2], DType.I64);
        // </indexing>
        Assert.Equal([11L, 17L], last.ToArray<long>());
        Assert.Equal("(4, 1)", added.Shape.ToString());
        Same("indexing", last, even, added, picked, x);
    }

    [Fact]
    public void Broadcasting_AlongAxesOfOne_IsThatOfPyTorch()
    {
        // <broadcasting>
        Tensor table = Tensor.Ones([4, 1]) * Tensor.Arange(3, DType.F32) + 1;
        Tensor share = table / table.Sum([1], keepDims: true);
        // </broadcasting>
        Same("broadcasting", table, share);
    }

    [Fact]
    public void Autograd_OnATape_GivesTheSlope()
    {
        // <autograd>
        Parameter w = new(Tensor.CopyOf([2f]));
        using (Tape tape = Tape.Begin())
        {
            Variable error = w * 3 - 1;
            tape.Backward((error * error).Sum());
        }
        Tensor slope = w.Grad!;
        // </autograd>
        Assert.Equal(30, slope.Item());
        Same("autograd", slope);
    }

    [Fact]
    public void Constants_OutsideATapeOrDetached_NeedNoGradient()
    {
        Parameter w = new(Tensor.CopyOf([2f]));
        using Tape tape = Tape.Begin();
        // <constants>
        Variable tripled;
        using (Tape.NoGrad())
            tripled = w * 3;
        Variable stopped = (w * 3).Detach();
        // </constants>
        Assert.False(tripled.NeedsGrad);
        Assert.False(stopped.NeedsGrad);
        Same("constants", tripled.Value, stopped.Value);
    }

    [Fact]
    public void Twice_DifferentiatedWithAGraph_IsTheSecondDerivative()
    {
        // <twice>
        using Tape tape = Tape.Begin();
        Variable x = Variable.Watch(Tensor.CopyOf([1f, 2f]));
        Variable z = (x * x * x).Sum();
        Variable first = tape.Grad(z, x, createGraph: true);
        Variable second = tape.Grad(first, x);
        Tensor hessian = Gradients.Hessian(v => (v * v * v).Sum(), x.Value);
        // </twice>
        Assert.Equal([6f, 12f], second.Value.ToArray<float>());
        Same("twice", first.Value, second.Value, hessian);
    }

    [Fact]
    public void Memory_OfAScope_EndsWithIt()
    {
        Nn.Sequential model = PageCases.Fresh();
        Tensor x = PageCases.X, y = PageCases.Y;
        // <memory>
        double total = 0;
        Tensor last;
        using (MemoryScope.Begin())             // what is made here ends here
        {
            for (int step = 0; step < 3; step++) total += model.Call(x).MeanSquaredError(y).Item();
            last = model.Call(x).Value.Keep();  // but this moves out
        }
        // </memory>
        PageCases.Same("page_training", "memory", Tensor.Scalar(total), last);
        Tensor? used = null;
        using (MemoryScope.Begin()) used = x + 1;
        MiniStackException error = Assert.ThrowsAny<MiniStackException>(() => used + 1);
        PageCases.Quoted(error);
    }

    [Fact]
    public void Random_StreamSetBack_GivesTheSameNumbers()
    {
        // <random>
        Rng rng = new(seed: 1);
        Tensor noise = Tensor.Normal([2, 3], rng);
        RngState state = rng.State;
        Tensor dice = Tensor.Uniform([3], rng);
        rng.Restore(state);
        Tensor again = Tensor.Uniform([3], rng);
        // </random>
        Assert.Equal(6, noise.Count);
        Assert.NotEqual(dice.ToArray<float>()[0], dice.ToArray<float>()[1]);
        PageCases.Same("page_training", "random", Tensor.Scalar(dice.ToArray<float>().SequenceEqual(again.ToArray<float>()) ? 1 : 0));
    }

    private static void Same(string topic, params ReadOnlySpan<Tensor> values) => PageCases.Same("page_models", topic, values);
}
