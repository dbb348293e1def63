namespace MiniStack.Tests;

/// <summary>What a tape records, and how gradients add up.</summary>
public class TapeTests
{
    private readonly Parameter _p = new(Tensor.CopyOf([1f, 2f]));

    [Fact]
    public void Backward_ThenAnotherTape_AddsToTheGradient()
    {
        Step(() => _p.Sum());
        Step(() => (_p * 3).Sum());
        Assert.Equal([4f, 4f], _p.Grad!.ToArray<float>());
        _p.ClearGrad();
        Assert.Null(_p.Grad);
        Step(() => _p.Sum());
        Assert.Equal([1f, 1f], _p.Grad!.ToArray<float>());
    }

    [Fact]
    public void Backward_SumWithItself_CountsTwice()
    {
        Step(() => (_p + _p).Sum());
        Assert.Equal([2f, 2f], _p.Grad!.ToArray<float>());
    }

    [Fact]
    public void Backward_ProductWithItself_CountsTwice()
    {
        Step(() => (_p * _p).Sum());
        Assert.Equal([2f, 4f], _p.Grad!.ToArray<float>());
    }

    [Fact]
    public void Backward_DifferenceWithItself_IsZero()
    {
        Step(() => (_p - _p).Sum());
        Assert.Equal([0f, 0f], _p.Grad!.ToArray<float>());
    }

    [Fact]
    public void Backward_IntermediateSumWithItself_CountsTwice()
    {
        Step(() =>
        {
            Variable x = _p * 3;
            return ((x + x) * (x + x)).Sum(); // 36p², so 72p
        });
        Assert.Equal([72f, 144f], _p.Grad!.ToArray<float>());
    }

    [Fact]
    public void Backward_Diamond_AddsBothPaths()
    {
        Step(() =>
        {
            Variable x = _p * 2, left = x * 3, right = x * x;
            return (left * right).Sum(); // 24p³, so 72p²
        });
        Assert.Equal([72f, 288f], _p.Grad!.ToArray<float>());
    }

    [Fact]
    public void Backward_LongChainOfSums_DoublesEachTime()
    {
        Step(() =>
        {
            Variable x = _p;
            for (int i = 0; i < 10; i++) x = x + x;
            return x.Sum();
        });
        Assert.Equal([1024f, 1024f], _p.Grad!.ToArray<float>());
    }

    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 1 })]
    [InlineData(new[] { 1, 1 })]
    public void Backward_AnyShapeOfOneNumber_IsALoss(int[] sizes)
    {
        Step(() => _p.Sum().Reshape(sizes));
        Assert.Equal([1f, 1f], _p.Grad!.ToArray<float>());
    }

    [Fact]
    public void Backward_LossThatIsAParameter_HasGradientOne()
    {
        Parameter loss = new(Tensor.Scalar(5));
        Step(() => loss);
        Assert.Equal(1, loss.Grad!.Item());
    }

    [Fact]
    public void Backward_ParameterOffThePath_HasNoGradient()
    {
        Parameter other = new(Tensor.CopyOf([3f, 4f]));
        Step(() =>
        {
            _ = other * 2;
            return _p.Sum();
        });
        Assert.Null(other.Grad);
    }

    [Fact]
    public void Backward_FrozenParameter_HasNoGradient()
    {
        Parameter frozen = new(Tensor.CopyOf([3f, 4f]), requiresGrad: false);
        Step(() => (_p * frozen).Sum());
        Assert.Null(frozen.Grad);
        Assert.Equal([3f, 4f], _p.Grad!.ToArray<float>());
    }

    [Fact]
    public void Record_ConstantsOnly_RecordsNothing()
    {
        using Tape tape = Tape.Begin();
        Variable y = new Variable(Tensor.Ones([2])) * 2;
        Assert.Null(y.Node);
        Assert.False(y.NeedsGrad);
        Assert.Equal(0, tape.Count);
    }

    [Fact]
    public void Record_WithoutATape_RecordsNothing()
    {
        Assert.False(Tape.IsRecording);
        Assert.Null((_p * 2).Node);
    }

    [Fact]
    public void NoGrad_InsideATape_RecordsNothingUntilTheLastIsDisposed()
    {
        using Tape tape = Tape.Begin();
        Variable before = _p * 2;
        using (Tape.NoGrad())
        {
            Tape.Pause inner = Tape.NoGrad();
            inner.Dispose();
            inner.Dispose(); // a second time does nothing
            Assert.False(Tape.IsRecording);
            Assert.Null((before * 3).Node);
        }
        Assert.True(Tape.IsRecording);
        Assert.Equal(1, tape.Count);
        Assert.Equal("Multiply", (before * 3).Node!.Name);
    }

    [Fact]
    public void Detach_OnOnePath_StopsItsGradient()
    {
        Step(() =>
        {
            Variable x = _p * 3;
            Assert.Same(x.Value, x.Detach().Value);
            return (x * x.Detach()).Sum(); // 3·(3p) on the open path only
        });
        Assert.Equal([9f, 18f], _p.Grad!.ToArray<float>());
    }

    [Fact]
    public void Backward_DoneOnce_EndsTheRecording()
    {
        using Tape tape = Tape.Begin();
        tape.Backward(_p.Sum());
        Assert.False(Tape.IsRecording);
        Assert.Null((_p * 2).Node);
        Assert.Equal(0, tape.Count);
    }

    [Fact]
    public void Dispose_Twice_DoesNothing()
    {
        Tape tape = Tape.Begin();
        tape.Dispose();
        tape.Dispose();
        Assert.Null(Tape.Current);
        Assert.Null(MemoryScope.Current);
    }

    private static void Step(Func<Variable> loss)
    {
        using Tape tape = Tape.Begin();
        tape.Backward(loss());
    }
}
