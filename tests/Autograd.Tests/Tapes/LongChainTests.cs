namespace MiniStack.Tests;

/// <summary>No walk through recorded operations is recursive: a chain may be longer than any stack is deep.</summary>
public class LongChainTests
{
    private const int Long = 100_000;

    [Fact]
    public void Backward_ThroughALongChain_ReachesItsBeginning()
    {
        Parameter w = new(Tensor.CopyOf([1.0]));
        using Tape tape = Tape.Begin();
        Variable y = w;
        for (int i = 0; i < Long; i++) y += 0.5;
        Assert.Equal(Long, tape.Count);
        Assert.Equal(Long, tape.ToMermaid().Split("[[").Length - 1);
        Assert.Equal(1, tape.Grad(y, w).Item());
        tape.Backward(y);
        Assert.Equal([1.0], w.Grad!.ToArray<double>());
    }

    [Fact]
    public void Grad_RecordedThroughALongChain_IsDifferentiatedAgain()
    {
        using Tape tape = Tape.Begin();
        Variable x = Variable.Watch(Tensor.CopyOf([1.0])), y = x * x;
        for (int i = 0; i < Long / 4; i++) y *= 1.0;
        Assert.Equal(2, tape.Grad(tape.Grad(y, x, createGraph: true), x).Item());
    }

    [Fact]
    public void Backward_ThroughManyCheckpoints_ReachesTheBeginning()
    {
        Parameter w = new(Tensor.CopyOf([1.0]));
        using Tape tape = Tape.Begin();
        Variable y = w;
        for (int i = 0; i < Long / 10; i++) y = Variable.Checkpoint(v => v[0] + 0.5, [y]);
        tape.Backward(y);
        Assert.Equal([1.0], w.Grad!.ToArray<double>());
    }

    [Fact]
    public void Views_OfViews_AreNotAChain()
    {
        Tensor x = Tensor.Arange(6).Reshape(2, 3);
        for (int i = 0; i < Long; i++) x = x.Transpose().Transpose();
        Assert.Equal([2, 3], x.Shape);
        Assert.Equal([0L, 1, 2, 3, 4, 5], x.ToArray<long>());
    }

    [Fact]
    public void Sections_NestedDeep_AreReported()
    {
        using Profiler profiler = Profiler.Begin();
        Stack<ProfilerSection> open = [];
        for (int i = 0; i < Long; i++) open.Push(Profiler.Section(i % 2 == 0 ? "even" : "odd"));
        while (open.TryPop(out ProfilerSection section)) section.Dispose();
        IReadOnlyList<SectionProfile> sections = profiler.Sections;
        Assert.Equal((Long, Long - 1), (sections.Count, sections[^1].Depth));
    }

    [Theory]
    [InlineData(65)]
    [InlineData(1_000_000)]
    public void Shape_OfMoreAxesThanKernelsCount_Throws(int axes)
    {
        int[] ones = new int[axes];
        Array.Fill(ones, 1);
        string text = $"A shape has at most 64 axes, not {axes}. Join some with Reshape, or give sizes instead of elements.";
        Assert.Equal(text, Assert.Throws<ShapeException>(() => Tensor.Zeros(ones)).Message);
        Assert.Equal(text, Assert.Throws<ShapeException>(() => Tensor.Zeros([1]).Reshape(ones)).Message);
        Assert.Equal(1, (Tensor.Zeros(ones[..64]).Sum() + 1).Item());
        Assert.Equal(64, Tensor.Zeros(ones[..64]).ToString().Count(c => c == ']'));
    }
}
