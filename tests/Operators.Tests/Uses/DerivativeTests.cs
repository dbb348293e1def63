namespace MiniStack.Tests;

/// <summary>Jacobians, Hessians, products with them, and gradients of gradients, on functions whose derivatives are known.</summary>
public class DerivativeTests
{
    private static readonly Tensor Point = Tensor.CopyOf([0.5, -1.25, 2]);

    // f(x, y, z) = (x·y, sin z + x²)
    private static Variable Function(Variable x) => Variable.Stack([x[0] * x[1], x[2].Sin() + x[0] * x[0]]);

    [Fact]
    public void Jacobian_OfAVectorFunction_IsItsTable()
    {
        Tensor jacobian = Gradients.Jacobian(Function, Point);
        Assert.Equal([2, 3], jacobian.Shape);
        Close([-1.25, 0.5, 0, 1, 0, Math.Cos(2)], jacobian);
    }

    [Fact]
    public void VectorJacobian_IsTheWeightedSumOfRows() => Close([3 * -1.25 - 1, 3 * 0.5, -Math.Cos(2)], Gradients.VectorJacobian(Function, Point, Tensor.CopyOf([3.0, -1])));

    [Fact]
    public void JacobianVector_IsTheDirectionalDerivative() =>
        Close([-1.25 * 2 + 0.5 * 3, 2 + Math.Cos(2) * -1], Gradients.JacobianVector(Function, Point, Tensor.CopyOf([2.0, 3, -1])));

    // g = x²·y + eᶻ·y
    private static Variable Scalar(Variable x) => x[0] * x[0] * x[1] + x[2].Exp() * x[1];

    [Fact]
    public void Hessian_OfAScalarFunction_IsItsTable()
    {
        double e = Math.Exp(2);
        Close([2 * -1.25, 1, 0, 1, 0, e, 0, e, e * -1.25], Gradients.Hessian(Scalar, Point));
    }

    [Fact]
    public void HessianVector_IsTheHessianTimesTheVector()
    {
        Tensor v = Tensor.CopyOf([2.0, 3, -1]);
        TensorAssert.Close(Gradients.Hessian(Scalar, Point).MatMul(v.Unsqueeze(-1)).Squeeze(-1), Gradients.HessianVector(Scalar, Point, v), 1e-14);
    }

    [Fact]
    public void Grad_FourTimes_OfAPower()
    {
        using Tape tape = Tape.Begin();
        Variable x = Variable.Watch(Tensor.Scalar(1.5, DType.F64)), y = x * x * x * x;
        double[] expected = [4 * Math.Pow(1.5, 3), 12 * Math.Pow(1.5, 2), 24 * 1.5, 24];
        foreach (double value in expected)
        {
            y = tape.Grad(y, x, createGraph: true);
            Assert.Equal(value, y.Item(), 12);
        }
        Assert.Equal(0, tape.Grad(y, x).Item());
    }

    [Fact]
    public void Grad_OfAPenaltyOnGradients_ReachesTheParameters()
    {
        // loss = (∂(w·x²)/∂x)² = 4w²x²  ⇒  ∂loss/∂w = 8wx²
        Parameter w = new(Tensor.Scalar(3, DType.F64));
        using Tape tape = Tape.Begin();
        Variable x = Variable.Watch(Tensor.Scalar(0.5, DType.F64));
        Variable slope = tape.Grad(w * x * x, x, createGraph: true);
        tape.Backward(slope * slope);
        Assert.Equal(8 * 3 * 0.25, w.Grad!.Item(), 12);
    }

    [Fact]
    public void Grad_LeavesParametersAlone_AndCanBeAskedAgain()
    {
        Parameter w = new(Tensor.CopyOf([1.0, 2]));
        using Tape tape = Tape.Begin();
        Variable y = (w * w).Sum();
        Assert.Equal([2.0, 4], tape.Grad(y, w).Value.ToArray<double>());
        Assert.Equal([2.0, 4], tape.Grad(y, w).Value.ToArray<double>());
        Assert.Null(w.Grad);
        tape.Backward(y);
        Assert.Equal([2.0, 4], w.Grad!.ToArray<double>());
    }

    [Fact]
    public void Grad_OfIntermediateResults_AndOfWhatIsNotConnected()
    {
        Parameter w = new(Tensor.Scalar(2, DType.F64)), other = new(Tensor.CopyOf([1.0, 1]));
        using Tape tape = Tape.Begin();
        Variable middle = w * w, y = middle.Exp();
        Variable[] gradients = tape.Grad([y], [middle, w, other]);
        Assert.Equal(Math.Exp(4), gradients[0].Item(), 12);
        Assert.Equal(4 * Math.Exp(4), gradients[1].Item(), 12);
        Assert.Equal([0.0, 0], gradients[2].Value.ToArray<double>());
    }

    [Fact]
    public void Gradients_InsideATape_LeaveItAsItWas()
    {
        Parameter w = new(Tensor.Scalar(2, DType.F64));
        using Tape tape = Tape.Begin();
        Variable y = w * w;
        Tensor jacobian = Gradients.Jacobian(x => x.Exp(), Tensor.CopyOf([0.0, 1]));
        Assert.Same(tape, Tape.Current);
        Close([1, 0, 0, Math.E], jacobian);
        tape.Backward(y);
        Assert.Equal(4, w.Grad!.Item());
    }

    [Fact]
    public void Grad_WrongUse_SaysWhatToDo()
    {
        Parameter w = new(Tensor.Scalar(2, DType.F64));
        using Tape tape = Tape.Begin();
        Variable y = w * w;
        Assert.Equal(
            "Grad: input 0 of shape (2) is a constant for this tape. Make it a Parameter or Variable.Watch(tensor), and compute the outputs from that variable.",
            Assert.Throws<TapeException>(() => tape.Grad(y, Tensor.Zeros([2]))).Message);
        Assert.Equal(
            "Grad: gradient 0 has shape (2), its output (). Give one number for each of the output's.",
            Assert.Throws<ShapeException>(() => tape.Grad([y], [w], [Tensor.Zeros([2], DType.F64)])).Message);
        Assert.Equal(
            "Grad: there are 1 outputs and 2 gradients. Give one for each output, or none for ones.",
            Assert.Throws<ShapeException>(() => tape.Grad([y], [w], [y, y])).Message);
        tape.Backward(y);
        Assert.Equal(
            "Grad: this tape has ended. Call Grad before Backward; begin a new tape and compute the outputs again.",
            Assert.Throws<TapeException>(() => tape.Grad(y, w)).Message);
        Assert.Equal(
            "Hessian: the function gives (2), but must give one number. Reduce it first, for example with Sum(), or ask for the Jacobian.",
            Assert.Throws<ShapeException>(() => Gradients.Hessian(x => x, Tensor.Zeros([2]))).Message);
        Assert.Equal("Watch: only floats have gradients, not I64. Convert with To(DType.F32).", Assert.Throws<DTypeException>(() => Variable.Watch(Tensor.Arange(2))).Message);
    }

    [Fact]
    public void UsersOperator_InOneClass_DifferentiatesTwice()
    {
        Assert.InRange(GradCheck.Run(v => Softplus.Of(v[0]), Tensor.CopyOf([-2.0, 0.1, 3])), 0, 1);
        Assert.InRange(GradCheck.RunTwice(v => Softplus.Of(v[0]), Tensor.CopyOf([-2.0, 0.1, 3])), 0, 1);
    }

    /// <summary>All it takes: what is saved, the value, and the gradient.</summary>
    private sealed class Softplus(Variable x) : GradNode(x)
    {
        public static Variable Of(Variable x) => Variable.Record((x.Value.Exp() + Tensor.Scalar(1, x.Value.DType)).Log(), new Softplus(x));

        // y = ln(1 + eˣ)  ⇒  dx = dy·σ(x)
        public override void Backward(Variable dy) => x.AddGrad(dy * x.Sigmoid());
    }

    private static void Close(double[] expected, Tensor actual) => TensorAssert.Close(Tensor.CopyOf(expected, actual.Shape), actual, 1e-13);
}
