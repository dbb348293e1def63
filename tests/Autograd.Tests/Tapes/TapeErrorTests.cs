namespace MiniStack.Tests;

/// <summary>Each wrong use of a tape is an error that says what to do.</summary>
public class TapeErrorTests
{
    private readonly Parameter _p = new(Tensor.CopyOf([1f, 2f]));

    [Fact]
    public void Backward_Twice_Throws()
    {
        using Tape tape = Tape.Begin();
        Variable loss = _p.Sum();
        tape.Backward(loss);
        TapeException error = Assert.Throws<TapeException>(() => tape.Backward(loss));
        Assert.Equal(
            "Backward: this tape has ended; a second pass would add the same gradients again. " +
            "Begin a new tape and compute the loss again, or add the losses and call Backward once.", error.Message);
        Assert.Equal([1f, 1f], _p.Grad!.ToArray<float>());
    }

    [Fact]
    public void Backward_LossOfManyNumbers_Throws()
    {
        using Tape tape = Tape.Begin();
        Variable loss = _p * 2;
        ShapeException error = Assert.Throws<ShapeException>(() => tape.Backward(loss));
        Assert.Equal(
            "Backward: the loss has shape (2), but must be one number. Reduce it first, for example with Mean() or Sum().", error.Message);
        tape.Backward(loss.Sum());
        Assert.Equal([2f, 2f], _p.Grad!.ToArray<float>());
    }

    [Fact]
    public void Backward_ConstantLoss_Throws()
    {
        using Tape tape = Tape.Begin();
        TapeException error = Assert.Throws<TapeException>(() => tape.Backward(_p.Detach().Sum()));
        Assert.Equal(
            "Backward: the loss was not recorded by this tape. Compute it from parameters after Tape.Begin(), outside NoGrad().", error.Message);
    }

    [Fact]
    public void Backward_LossComputedBeforeBegin_Throws()
    {
        Variable loss = _p.Sum();
        using Tape tape = Tape.Begin();
        TapeException error = Assert.Throws<TapeException>(() => tape.Backward(loss));
        Assert.StartsWith("Backward: the loss was not recorded by this tape.", error.Message);
    }

    [Fact]
    public void Begin_WhileRecording_Throws()
    {
        using Tape tape = Tape.Begin();
        TapeException error = Assert.Throws<TapeException>(() => Tape.Begin());
        Assert.Equal(
            "Tape.Begin: a tape of this thread is still recording. Call its Backward or dispose it first (`using Tape tape = Tape.Begin();`).",
            error.Message);
        Assert.Same(tape, Tape.Current);
    }

    [Fact]
    public void Value_AfterItsTape_Throws()
    {
        Variable y;
        using (Tape.Begin()) y = _p * 2;
        MemoryScopeException error = Assert.Throws<MemoryScopeException>(() => y.Value.ToArray<float>());
        Assert.Equal(
            "The tensor of shape (2) was used after its Tape ended, which returned its memory. Call tensor.Keep() inside " +
            "the scope to keep it (in a layer or a hook, Persist()), or copy what you need (Item(), ToArray()) before the scope ends.", error.Message);
        Assert.Throws<MemoryScopeException>(() => y + 1);
    }

    [Fact]
    public void Keep_InsideTheTape_OutlivesIt()
    {
        Variable y;
        using (Tape.Begin())
        {
            y = _p * 2;
            y.Value.Keep();
        }
        Assert.Equal([2f, 4f], y.Value.ToArray<float>());
    }

    [Fact]
    public void Operator_OnAVariableOfAnEndedTape_Throws()
    {
        Tape first = Tape.Begin();
        Variable y = _p * 2;
        first.Backward(y.Sum());
        Assert.Equal([3f, 5f], (y + 1).Value.ToArray<float>()); // nothing records: a plain computation
        using Tape second = Tape.Begin();
        TapeException error = Assert.Throws<TapeException>(() => y + 1);
        Assert.Equal(
            "Add: an input was recorded by a tape that has ended, so no gradient can flow through it. " +
            "Compute it again under this tape, or use Detach() to treat it as a constant.", error.Message);
        Assert.Equal([3f, 5f], (y.Detach() + 1).Value.ToArray<float>());
    }

    [Fact]
    public void AddGrad_OfAnotherShape_Throws()
    {
        using Tape tape = Tape.Begin();
        Variable y = TestNode.Make(_p.Value.Sum(), _ => _p.AddGrad(Tensor.Ones([3])), _p);
        ShapeException error = Assert.Throws<ShapeException>(() => tape.Backward(y));
        Assert.Equal(
            "SumTo: (2) does not stretch to (3). A gradient must have its variable's shape, or one that it was broadcast to. [in the gradient of Test]", error.Message);
    }

    [Fact]
    public void AddGrad_OfALowerRank_Throws()
    {
        Variable gradient = Tensor.Ones([3]);
        Assert.Throws<ShapeException>(() => gradient.SumTo([1, 1]));
    }

    [Fact]
    public void Unslice_MissingAxis_Throws()
    {
        ShapeException error = Assert.Throws<ShapeException>(() => _p.Unslice([5], 1, 0));
        Assert.StartsWith("Unslice: there is no axis 1 in (2)", error.Message);
    }

    [Fact]
    public void Parameter_OfIntegers_Throws()
    {
        DTypeException error = Assert.Throws<DTypeException>(() => new Parameter(Tensor.Arange(2)));
        Assert.Equal("Parameter: only floats have gradients, not I64. Convert with To(DType.F32).", error.Message);
    }

    [Fact]
    public void Attention_SizesThatDoNotFit_Throws()
    {
        Variable q = Tensor.Zeros([1, 2, 3]), k = Tensor.Zeros([1, 2, 4]);
        ShapeException error = Assert.Throws<ShapeException>(() => Variable.Attention(q, k, k));
        Assert.Equal(
            "Attention: query (1, 2, 3), key (1, 2, 4) and value (1, 2, 4) do not fit: query and key need the same last axis, " +
            "key and value the same keys.", error.Message);
    }

    [Fact]
    public void Attention_CausalWithMoreQueriesThanKeys_Throws()
    {
        Variable q = Tensor.Zeros([1, 5, 4]), k = Tensor.Zeros([1, 3, 4]);
        ShapeException error = Assert.Throws<ShapeException>(() => Variable.Attention(q, k, k));
        Assert.Equal(
            "Attention: 5 queries and only 3 keys: causal, the first 2 queries would see nothing. " +
            "Give every query its own key, or pass causal: false.", error.Message);
        Assert.Equal([1, 5, 4], Variable.Attention(q, k, k, causal: false).Shape.ToArray());
    }

    [Fact]
    public void SelfAttention_HeadsThatDoNotDivide_Throws()
    {
        ShapeException error = Assert.Throws<ShapeException>(() => Variable.SelfAttention(Tensor.Zeros([1, 5, 12]), heads: 3));
        Assert.Equal("SelfAttention: qkv is (1, 5, 12); it must be [batch, time, 3·channels], where 3 heads divide the channels evenly.", error.Message);
        Assert.Throws<ShapeException>(() => Variable.SelfAttention(Tensor.Zeros([5, 12]), heads: 2));
        Assert.Throws<ShapeException>(() => Variable.SelfAttention(Tensor.Zeros([1, 5, 12]), heads: 0));
    }
}
