namespace MiniStack.Tests;

/// <summary>What users hand in is checked before a kernel trusts it, and a step that fails leaves nothing behind.</summary>
public class TapeDoorTests
{
    private readonly Parameter _p = new(Tensor.CopyOf([1f, 2f, 3f, 4f], [2, 2]));

    public static TheoryData<DType> OtherDTypes => [DType.F64, DType.F16, DType.BF16, DType.I64, DType.I32, DType.U8, DType.Bool];

    [Theory]
    [MemberData(nameof(OtherDTypes))]
    public void Gradient_OfAnotherDType_IsRefusedAtEveryDoor(DType dtype)
    {
        Tensor gradient = Tensor.Ones([2, 2], dtype);
        Expect(dtype, tape => tape.Backward(TestNode.Make(Tensor.Ones([2, 2]), _ => _p.AddGrad(gradient), _p).Sum()));
        Expect(dtype, tape => tape.Backward(TestNode.Make(Tensor.Ones([2, 2]), _ => _p.AddGrad(new Variable(gradient)), _p).Sum()));
        Expect(dtype, tape =>
        {
            Variable y = _p * 2;
            tape.Backward(TestNode.Make(Tensor.Ones([2, 2]), _ => y.AddGrad(gradient), y).Sum());
        });
        Expect(dtype, tape => tape.Grad([_p * 2], [_p], [new Variable(gradient)]));
        Expect(dtype, tape => tape.Backward(_p * 2, gradient));
        Expect(dtype, tape => tape.Backward((_p * 2).Hook(_ => gradient).Sum()));
    }

    [Fact]
    public void Gradient_OnAnotherDevice_IsRefused()
    {
        Tensor gradient = Tensor.Ones([2, 2], device: Device.Reference);
        using Tape tape = Tape.Begin();
        Variable y = _p * 2;
        Assert.Throws<DeviceException>(() => tape.Grad([y], [_p], [new Variable(gradient)]));
        Assert.Throws<DeviceException>(() => tape.Backward(y.Hook(_ => gradient).Sum()));
    }

    [Fact]
    public void Parameter_OfAView_OwnsACopyThatLiesRowByRow()
    {
        Tensor w = Tensor.CopyOf([1f, 2f, 3f, 4f, 5f, 6f], [2, 3]);
        foreach (Tensor view in (Tensor[])[w.Transpose(), w.Slice(1, 0, 2), w.Slice(0, 0, 1).Expand([4, 3])])
        {
            Parameter parameter = new(view);
            Assert.True(parameter.Value.IsContiguous);
            Assert.Equal(view.ToArray<float>(), parameter.Value.ToArray<float>());
        }
        Assert.Same(w, new Parameter(w).Value);
    }

    [Fact]
    public void ConvertTo_BetweenForwardAndBackward_IsNoticed()
    {
        Parameter weight = new(Tensor.Ones([2])), bias = new(Tensor.Ones([2]));
        Variable x = Tensor.CopyOf([1f, 2f, 3f, 4f], [2, 2]);
        foreach (Func<Variable> f in (Func<Variable>[])[() => x.LayerNorm(weight, bias), () => x.RmsNorm(weight), () => x * weight, () => x.Linear(_p, weight)])
        {
            using Tape tape = Tape.Begin();
            Variable loss = f().Sum();
            weight.ConvertTo(DType.F64);
            Assert.True(Record.Exception(() => tape.Backward(loss)) is TapeException or DTypeException);
            weight.ConvertTo(DType.F32);
        }
    }

    [Fact]
    public void WrappedMemory_ChangedBeforeBackward_IsNoticed()
    {
        long[] ids = [0, 1];
        float[] numbers = [1, 2, 3, 4];
        Tensor indices = Tensor.Wrap(ids, [2]), x = Tensor.Wrap(numbers, [2, 2]);
        (string Name, Func<Variable> Loss, Action Change)[] cases =
        [
            ("Embedding", () => _p.Embedding(indices).Sum(), () => ids[0] ^= 1),
            ("Gather", () => _p.Gather(1, indices.Reshape(2, 1)).Sum(), () => ids[0] ^= 1),
            ("IndexSelect", () => _p.IndexSelect(0, indices).Sum(), () => ids[1] ^= 1),
            ("CrossEntropy", () => _p.CrossEntropy(indices), () => ids[1] ^= 1),
            ("MatMul", () => new Variable(x).MatMul(_p).Sum(), () => numbers[3]++),
            ("Multiply", () => (_p * new Variable(x.Transpose())).Sum(), () => numbers[1]++),
        ];
        foreach ((string name, Func<Variable> loss, Action change) in cases)
        {
            using (Tape tape = Tape.Begin()) tape.Backward(loss());
            using Tape second = Tape.Begin();
            Variable made = loss();
            change();
            TapeException error = Assert.Throws<TapeException>(() => second.Backward(made));
            Assert.Contains("was changed in place after the forward pass saved it", error.Message);
            Assert.Null(_p.Grad);
        }
    }

    [Fact]
    public void Backward_ThatFails_LeavesNoGradient()
    {
        Parameter q = new(Tensor.Ones([2, 2]));
        using Tape tape = Tape.Begin();
        Variable broken = TestNode.Make(_p.Value + 1, _ => throw new InvalidOperationException("a formula"), _p);
        Assert.Throws<InvalidOperationException>(() => tape.Backward((broken * q).Sum()));
        Assert.Null(q.Grad);
        Assert.Null(_p.Grad);
        using Tape next = Tape.Begin();
        next.Backward((_p * q).Sum());
        Assert.Equal(_p.Value.ToArray<float>(), q.Grad!.ToArray<float>());
    }

    private void Expect(DType dtype, Action<Tape> use)
    {
        using Tape tape = Tape.Begin();
        DTypeException error = Assert.Throws<DTypeException>(() => use(tape));
        Assert.Contains($"the gradient is {dtype}", error.Message);
        Assert.Null(_p.Grad);
    }
}
