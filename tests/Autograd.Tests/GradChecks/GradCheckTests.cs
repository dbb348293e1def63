namespace MiniStack.Tests;

/// <summary>The check itself must be able to fail.</summary>
public class GradCheckTests
{
    private static readonly double[] Three = [0.5, -1, 2];

    [Fact]
    public void Run_RightGradient_IsWithinItsBound() =>
        Assert.InRange(GradCheck.Run(v => Square(v[0], factor: 2), Tensor.CopyOf(Three)), 0, 1);

    [Fact]
    public void Run_WrongFactor_NamesTheElement()
    {
        GradCheckException error = Assert.Throws<GradCheckException>(() => GradCheck.Run(v => Square(v[0], factor: 1), Tensor.CopyOf(Three)));
        Assert.Matches(@"^GradCheck: input 0, element 0 of shape \(3\): Backward gives \S+, differences give \S+\.$", error.Message);
    }

    [Fact]
    public void Run_ErrorInOneElementOfMany_IsFound()
    {
        Func<Variable[], Variable> function = v => TestNode.Make(
            v[0].Value.Exp(), dy => v[0].AddGrad(dy * v[0].Value.Exp() * Tensor.CopyOf([1, 1, 1.00001])), v[0]);
        GradCheckException error = Assert.Throws<GradCheckException>(() => GradCheck.Run(function, Tensor.CopyOf(Three)));
        Assert.StartsWith("GradCheck: input 0, element 2 of shape (3)", error.Message);
    }

    [Fact]
    public void Run_ForgottenInput_IsFound()
    {
        Func<Variable[], Variable> function = v => TestNode.Make(v[0].Value * v[1].Value, dy => v[0].AddGrad(dy * v[1].Value), v[0], v[1]);
        GradCheckException error = Assert.Throws<GradCheckException>(() => GradCheck.Run(function, Tensor.CopyOf(Three), Tensor.CopyOf(Three)));
        Assert.StartsWith("GradCheck: input 1, element 0 of shape (3)", error.Message);
    }

    [Fact]
    public void Run_SoftmaxWithoutGradient_IsFoundWhereAPlainSumWouldNotSeeIt()
    {
        Func<Variable[], Variable> function = v => TestNode.Make(v[0].Value.Softmax(), _ => { }, v[0]);
        Assert.Throws<GradCheckException>(() => GradCheck.Run(function, Tensor.CopyOf(Three)));
    }

    [Fact]
    public void Run_NotANumber_IsFound()
    {
        Func<Variable[], Variable> function = v => TestNode.Make(v[0].Value.Exp(), dy => v[0].AddGrad(dy * double.NaN), v[0]);
        Assert.Throws<GradCheckException>(() => GradCheck.Run(function, Tensor.CopyOf(Three)));
    }

    [Fact]
    public void Run_F32_IsRefused()
    {
        DTypeException error = Assert.Throws<DTypeException>(() => GradCheck.Run(v => v[0].Exp(), Tensor.CopyOf([1f])));
        Assert.Equal("GradCheck: inputs must be F64, not F32: F32 is too coarse for differences. Convert with To(DType.F64).", error.Message);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public void Run_RightOrWrong_RestoresTheInputs(double factor)
    {
        Tensor input = Tensor.CopyOf(Three);
        Record.Exception(() => GradCheck.Run(v => Square(v[0], factor), input));
        Assert.Equal(Three, input.ToArray<double>());
    }

    [Fact]
    public void Run_ParametersOfAModule_AreCheckedInPlaceAndForgetTheirGradients()
    {
        Parameter p = new(Tensor.CopyOf(Three));
        using (Tape tape = Tape.Begin()) tape.Backward(p.Sum());
        Assert.InRange(GradCheck.Run(() => p * p, [p]), 0, 1);
        Assert.Null(p.Grad);
        Assert.Equal(Three, p.Value.ToArray<double>());
        Assert.Throws<GradCheckException>(() => GradCheck.Run(() => Square(p, factor: 1), [p]));
    }

    [Theory]
    [InlineData("broadcast")]
    [InlineData("permuted")]
    [InlineData("sliced")]
    public void Run_GradientThatIsRightForRowsOnly_IsFound(string layout)
    {
        bool Fails(Tensor dy) => layout switch
        {
            "broadcast" => dy.Strides[1] == 0,
            "permuted" => dy.Strides[1] == 2,
            _ => dy.Strides[0] == 14,
        };
        Func<Variable[], Variable> function = v => TestNode.Make(
            v[0].Value.Exp(), dy => v[0].AddGrad(dy * v[0].Value.Exp() * (Fails(dy.Value) ? 2 : 1)), v[0]);
        GradCheckException error = Assert.Throws<GradCheckException>(() => GradCheck.Run(function, Tensor.CopyOf([.. Three, .. Three], [2, 3])));
        Assert.Matches(
            $@"^GradCheck: input 0, element 0 of shape \(2, 3\): Backward gives \S+, and \S+ when the gradient of the result is a {layout} view of the same " +
            @"numbers\. Read it through its strides, or take Contiguous\(\)\.$", error.Message);
    }

    [Fact]
    public void Run_SpanOfAGradient_FailsAsItWouldBehindASum_AndNamesTheOperation()
    {
        Func<Variable[], Variable> function = v => TestNode.Make(
            v[0].Value * 2, dy => v[0].AddGrad(Tensor.CopyOf(dy.Value.AsReadOnlySpan<double>(), dy.Shape) * 2), v[0]);
        string checkedMessage = Assert.Throws<ShapeException>(() => GradCheck.Run(function, Tensor.CopyOf(Three))).Message;
        Assert.StartsWith("AsReadOnlySpan: ", checkedMessage);
        Assert.EndsWith(" [in the gradient of Test]", checkedMessage);
        Parameter p = new(Tensor.CopyOf(Three));
        using Tape tape = Tape.Begin();
        Variable y = function([p]).Sum();
        Assert.Equal(checkedMessage, Assert.Throws<ShapeException>(() => tape.Grad(y, p)).Message);
        Assert.Equal(checkedMessage, Assert.Throws<ShapeException>(() => tape.Backward(y)).Message);
    }

    /// <summary>x² with the gradient dy·factor·x: right for factor 2.</summary>
    private static Variable Square(Variable x, double factor) =>
        TestNode.Make(x.Value * x.Value, dy => x.AddGrad(dy * x.Value * factor), x);
}
