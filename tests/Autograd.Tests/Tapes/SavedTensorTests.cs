namespace MiniStack.Tests;

/// <summary>What the gradient reads must not change between forward and backward; what it does not read, may.</summary>
public class SavedTensorTests
{
    private const string Remedy =
        ", was changed in place after the forward pass saved it, so its gradient would be wrong. Change it after Backward, or change a Clone().";

    private readonly Parameter _p = new(Tensor.CopyOf([1f, 2f]));

    [Fact]
    public void Backward_InputChanged_NamesIt()
    {
        using Tape tape = Tape.Begin();
        Tensor factor = Tensor.CopyOf([3f, 4f]);
        Variable loss = (_p * factor).Sum();
        factor.Fill(0);
        TapeException error = Assert.Throws<TapeException>(() => tape.Backward(loss));
        Assert.Equal("Backward: input 2 of Multiply, of shape (2)" + Remedy, error.Message);
    }

    [Fact]
    public void Backward_ParameterChanged_NamesIt()
    {
        using Tape tape = Tape.Begin();
        Variable loss = _p.Log().Sum();
        _p.Value.ScaleInPlace(2);
        TapeException error = Assert.Throws<TapeException>(() => tape.Backward(loss));
        Assert.Equal("Backward: input 1 of Log, of shape (2)" + Remedy, error.Message);
    }

    [Fact]
    public void Backward_ResultChanged_NamesIt()
    {
        using Tape tape = Tape.Begin();
        Variable y = _p.Exp();
        Variable loss = y.Sum();
        y.Value.AsSpan<float>()[0] = 7;
        TapeException error = Assert.Throws<TapeException>(() => tape.Backward(loss));
        Assert.Equal("Backward: the result of Exp, of shape (2)" + Remedy, error.Message);
    }

    [Fact]
    public void Backward_ChangedThroughAView_IsNoticed()
    {
        using Tape tape = Tape.Begin();
        Variable y = _p.Tanh();
        Variable loss = y.Sum();
        y.Value.Slice(0, 1, 1).Fill(7);
        TapeException error = Assert.Throws<TapeException>(() => tape.Backward(loss));
        Assert.Equal("Backward: the result of Tanh, of shape (2)" + Remedy, error.Message);
    }

    [Fact]
    public void Backward_IndicesChanged_NamesThem()
    {
        Parameter table = new(Tensor.Zeros([3, 2]));
        using Tape tape = Tape.Begin();
        Tensor indices = Tensor.CopyOf([0L, 2]);
        Variable loss = table.Embedding(indices).Sum();
        indices.Fill(1);
        TapeException error = Assert.Throws<TapeException>(() => tape.Backward(loss));
        Assert.Equal("Backward: the indices of Embedding, of shape (2)" + Remedy, error.Message);
    }

    [Fact]
    public void Backward_InputOfAddChanged_IsFine()
    {
        using Tape tape = Tape.Begin();
        Tensor other = Tensor.CopyOf([3f, 4f]);
        Variable loss = (_p + other).Sum();
        other.Fill(0);
        _p.Value.Fill(0);
        tape.Backward(loss);
        Assert.Equal([1f, 1f], _p.Grad!.ToArray<float>());
    }

    [Fact]
    public void Backward_InputOfExpChanged_IsFineBecauseItsResultIsSaved()
    {
        using Tape tape = Tape.Begin();
        Variable loss = _p.Exp().Sum();
        _p.Value.Fill(0);
        tape.Backward(loss);
        Assert.Equal([MathF.Exp(1), MathF.Exp(2)], _p.Grad!.ToArray<float>());
    }

    [Fact]
    public void Backward_SavedTensorThatLedNowhere_MayChange()
    {
        using Tape tape = Tape.Begin();
        Tensor factor = Tensor.CopyOf([3f, 4f]);
        _ = _p * factor;
        Variable loss = _p.Sum();
        factor.Fill(0);
        tape.Backward(loss);
        Assert.Equal([1f, 1f], _p.Grad!.ToArray<float>());
    }

    [Fact]
    public void Backward_SavedTensorOfAnEndedScope_Throws()
    {
        using Tape tape = Tape.Begin();
        Variable y;
        using (MemoryScope.Begin()) y = (_p * Tensor.CopyOf([3f, 4f])).Sum();
        MemoryScopeException error = Assert.Throws<MemoryScopeException>(() => tape.Backward(y));
        Assert.StartsWith("The tensor of shape (2) was used after its MemoryScope ended", error.Message);
    }

    [Fact]
    public void Backward_AfterAnError_LeavesTheThreadUsable()
    {
        using (Tape tape = Tape.Begin())
        {
            Tensor factor = Tensor.CopyOf([3f, 4f]);
            Variable loss = (_p * factor).Sum();
            factor.Fill(0);
            Assert.Throws<TapeException>(() => tape.Backward(loss));
        }
        _p.ClearGrad();
        using Tape next = Tape.Begin();
        Assert.True(Tape.IsRecording);
        next.Backward(_p.Sum());
        Assert.Equal([1f, 1f], _p.Grad!.ToArray<float>());
    }
}
