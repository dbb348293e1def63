namespace MiniStack.Tests;

/// <summary>A tape belongs to the thread that began it.</summary>
public class TapeThreadTests
{
    private readonly Parameter _p = new(Tensor.CopyOf([1f, 2f]));

    [Fact]
    public void Backward_OnAnotherThread_Throws()
    {
        using Tape tape = Tape.Begin();
        Variable loss = _p.Sum();
        TapeException error = Assert.IsType<TapeException>(OtherThread.Run(() => tape.Backward(loss)));
        Assert.Equal("Backward: this tape belongs to another thread. Call Backward on the thread that began the tape.", error.Message);
        tape.Backward(loss);
        Assert.Equal([1f, 1f], _p.Grad!.ToArray<float>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Operator_OnAVariableOfAnotherThread_Throws(bool underATape)
    {
        using Tape tape = Tape.Begin();
        Variable y = _p * 2;
        TapeException error = Assert.IsType<TapeException>(OtherThread.Run(() =>
        {
            using Tape? own = underATape ? Tape.Begin() : null;
            _ = y + 1;
        }));
        Assert.Equal(
            "Add: an input was recorded by a tape of another thread. A tape belongs to one thread; " +
            "use Detach() to pass a value on without its gradient.", error.Message);
        Assert.Null(OtherThread.Run(() => _ = y.Detach() + 1));
    }

    [Fact]
    public void Dispose_OnAnotherThread_Throws()
    {
        using Tape tape = Tape.Begin();
        TapeException error = Assert.IsType<TapeException>(OtherThread.Run(tape.Dispose));
        Assert.Equal(
            "Dispose: this tape belongs to another thread. Dispose it on the thread that began it; nothing may await inside a tape.",
            error.Message);
        Assert.True(Tape.IsRecording);
    }

    [Fact]
    public void Resume_OnAnotherThread_Throws()
    {
        using Tape.Pause pause = Tape.NoGrad();
        TapeException error = Assert.IsType<TapeException>(OtherThread.Run(pause.Dispose));
        Assert.Equal(
            "NoGrad: this pause belongs to another thread. Dispose it on the thread that called NoGrad; `using` does.", error.Message);
    }

    [Fact]
    public void Begin_OnTwoThreads_RecordsEachItsOwn()
    {
        using Tape tape = Tape.Begin();
        _ = _p * 2;
        Assert.Null(OtherThread.Run(() =>
        {
            Parameter own = new(Tensor.CopyOf([3f]));
            using Tape other = Tape.Begin();
            other.Backward((own * own).Sum());
            Assert.Equal([6f], own.Grad!.ToArray<float>());
        }));
        Assert.Equal(1, tape.Count);
    }

    [Fact]
    public void Parameters_WithoutATape_ServeManyThreads()
    {
        float[][] results = new float[4][];
        Parallel.For(0, results.Length, i => results[i] = (_p * 2).Value.ToArray<float>());
        Assert.All(results, result => Assert.Equal([2f, 4f], result));
    }
}
