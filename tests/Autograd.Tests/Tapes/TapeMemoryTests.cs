using System.Runtime.CompilerServices;

namespace MiniStack.Tests;

/// <summary>Counts blocks of the shared pool, so nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(PoolCollection), DisableParallelization = true)]
public sealed class PoolCollection;

[Collection(nameof(PoolCollection))]
public class TapeMemoryTests
{
    private const int Depth = 40;

    private readonly Parameter _p = new(Tensor.Full([32, 32], 0.5));

    [Fact]
    public void Step_FromTheSecondOn_TakesNoFreshBlock()
    {
        Step();
        long fresh = CpuMemory.FreshBlocks;
        for (int step = 0; step < 5; step++)
        {
            Step();
            Assert.Equal(fresh, CpuMemory.FreshBlocks);
        }
    }

    [Fact]
    public void Backward_ThroughADeepChain_HoldsFewGradientsAtOnce()
    {
        CpuMemory.Trim();
        using Tape tape = Tape.Begin();
        Variable loss = Chain();
        CpuMemory.Trim();
        long fresh = CpuMemory.FreshBlocks;
        tape.Backward(loss);
        // One gradient comes in, one goes out, the parameter's stays, and a formula needs a few of its own.
        Assert.InRange(CpuMemory.FreshBlocks - fresh, 1, 12);
    }

    [Fact]
    public void Backward_AfterAnError_ReturnsEveryBlockWithItsTape()
    {
        Fail();
        long fresh = CpuMemory.FreshBlocks;
        for (int i = 0; i < 3; i++) Fail();
        Assert.Equal(fresh, CpuMemory.FreshBlocks);

        void Fail()
        {
            using Tape tape = Tape.Begin();
            Variable bad = TestNode.Make(_p.Value.Clone(), _ => throw new InvalidOperationException("on purpose"), _p);
            Variable loss = ((bad * 2).Tanh() + bad).Sum();
            Assert.Throws<InvalidOperationException>(() => tape.Backward(loss));
        }
    }

    [Fact]
    public void Begin_ManyTapesWithoutDispose_LeavesThemToTheCollector()
    {
        WeakReference[] values = [.. Enumerable.Range(0, 20).Select(_ => AbandonedStep())];
        Tape.Begin().Dispose();
        Assert.Null(Tape.Current);
        Assert.Null(MemoryScope.Current);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.DoesNotContain(values, value => value.IsAlive);
        Assert.Equal(20, _p.Grad!.ToArray<float>()[0] / 3, 1e-3);
    }

    [Fact]
    public void Begin_AfterAnAbandonedTape_KeepsItsTensorsUsable()
    {
        Tape abandoned = Tape.Begin();
        Variable y = _p * 3;
        abandoned.Backward(y.Sum());
        using Tape next = Tape.Begin();
        Assert.Equal(1.5, y.Value.Max().Item());
        abandoned.Dispose(); // too late: nothing happens to the new tape
        Assert.Same(next, Tape.Current);
        Assert.True(Tape.IsRecording);
    }

    [Fact]
    public void Dispose_WithAnInnerScopeOpen_EndsBothAndThrows()
    {
        Tape tape = Tape.Begin();
        MemoryScope inner = MemoryScope.Begin();
        MemoryScopeException error = Assert.Throws<MemoryScopeException>(tape.Dispose);
        Assert.Equal(
            "A MemoryScope was disposed while one opened inside it is still open; both have ended. Dispose inner scopes first; `using` does.", error.Message);
        Assert.Null(MemoryScope.Current);
        Assert.Null(Tape.Current);
        inner.Dispose();
        tape.Dispose();
        Step();
    }

    [Fact]
    public void Backward_WithoutDispose_PlainCallsAfterwardsBelongToNobody()
    {
        Tape tape = Tape.Begin();
        tape.Backward(Chain());
        Assert.Null(Tape.Current);
        Assert.Null(MemoryScope.Current);
        Assert.Null((_p * 2).Value.Storage.Scope);
        tape.Dispose();
    }

    [Fact]
    public void Backward_KeptLoss_DoesNotKeepTheGraph()
    {
        (Variable loss, WeakReference value, WeakReference node) = KeepALoss();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(node.IsAlive);
        Assert.False(value.IsAlive);
        Assert.True(loss.NeedsGrad);
        Assert.True(double.IsFinite(loss.Item()));
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private (Variable Loss, WeakReference Value, WeakReference Node) KeepALoss()
    {
        Tape tape = Tape.Begin();
        Variable x = _p * 2;
        Variable loss = x.Tanh().Sum();
        WeakReference value = new(x.Value.Storage), node = new(x.Node);
        tape.Backward(loss);
        return (loss, value, node);
    }

    private void Step()
    {
        using Tape tape = Tape.Begin();
        tape.Backward(Chain());
    }

    private Variable Chain()
    {
        Variable x = _p;
        for (int i = 0; i < Depth; i++) x = x.Tanh();
        return x.Sum();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference AbandonedStep()
    {
        Tape tape = Tape.Begin();
        Variable y = _p * 3;
        tape.Backward(y.Sum());
        return new WeakReference(y.Value.Storage);
    }
}
