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
    public void Dispose_OnAnotherThread_EndsTheTapeForItsOwn()
    {
        Tape tape = Tape.Begin();
        Variable y = _p * 2;
        Assert.Null(OtherThread.Run(tape.Dispose));
        Assert.Null(Tape.Current);
        Assert.False(Tape.IsRecording);
        Assert.False(y.Value.IsAlive);
        using Tape next = Tape.Begin();
        next.Backward(_p.Sum());
        Assert.Equal([1f, 1f], _p.Grad!.ToArray<float>());
    }

    [Fact]
    public void Resume_OnAnotherThread_ResumesOnItsOwn()
    {
        using Tape tape = Tape.Begin();
        Tape.Pause pause = Tape.NoGrad();
        Assert.Null(OtherThread.Run(pause.Dispose));
        Assert.True(Tape.IsRecording);
        using (Tape.NoGrad()) Assert.False(Tape.IsRecording);
        Assert.True(Tape.IsRecording);
    }

    [Fact]
    public async Task Ambients_AwaitInside_LeaveEveryThreadFree()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => Handle(i))));
        bool[] free = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(IsFree)));
        Assert.All(free, Assert.True);

        async Task Handle(int i)
        {
            using Profiler profiler = Profiler.Begin();
            using Anomalies.Detection detection = Anomalies.Detect();
            using Tape.Pause? pause = i % 2 == 0 ? Tape.NoGrad() : null;
            using Tape tape = Tape.Begin();
            Variable loss = (_p * 2).Sum();
            await Task.Delay(i % 3);
            await Task.Yield();
        }

        bool IsFree()
        {
            if (Tape.Current is not null || Profiler.Current is not null || Anomalies.AreDetected || MemoryScope.Current is not null) return false;
            Parameter own = new(Tensor.Ones([2]));
            using Tape tape = Tape.Begin();
            tape.Backward((own * 3).Sum());
            return own.Grad!.ToArray<float>() is [3, 3];
        }
    }

    [Fact]
    public void Run_KeepsItsResult()
    {
        Variable? inside = null;
        Variable kept = Tape.Run(tape =>
        {
            inside = _p * 2;
            Variable loss = inside.Sum();
            tape.Backward(loss);
            return loss;
        });
        Assert.Equal(6, kept.Item());
        Assert.False(inside!.Value.IsAlive);
        Assert.Equal([2f, 2f], _p.Grad!.ToArray<float>());
        Assert.Throws<InvalidOperationException>(() => Tape.Run<int>(_ => throw new InvalidOperationException()));
        Assert.Null(Tape.Current);
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
