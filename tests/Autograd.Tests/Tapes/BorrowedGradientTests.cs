namespace MiniStack.Tests;

/// <summary>A gradient that others may still read is never written.</summary>
public class BorrowedGradientTests
{
    private readonly Parameter _p = new(Tensor.CopyOf([1f, 2f]));
    private readonly Parameter _q = new(Tensor.CopyOf([1f, 1f]));

    [Fact]
    public void Add_GradientSharedByBothInputs_IsNotWrittenForOne()
    {
        using Tape tape = Tape.Begin();
        Variable u = _p * 2, v = _q * 3, w = u * 5, s = u + v;
        // Backward reaches s first: u and v share its gradient. Then w adds to u's, before v has read its own.
        tape.Backward((s * Tensor.CopyOf([1f, 10f]) + w).Sum());
        Assert.Equal([12f, 30f], _p.Grad!.ToArray<float>());
        Assert.Equal([3f, 30f], _q.Grad!.ToArray<float>());
    }

    [Fact]
    public void View_GradientSharedThroughAReshape_IsNotWritten()
    {
        using Tape tape = Tape.Begin();
        Variable u = _p * 2, v = _q * 3, w = u * 5, s = u.Reshape(1, 2) + v.Reshape(1, 2);
        tape.Backward((s * Tensor.CopyOf([1f, 10f]) + w).Sum());
        Assert.Equal([12f, 30f], _p.Grad!.ToArray<float>());
        Assert.Equal([3f, 30f], _q.Grad!.ToArray<float>());
    }

    [Fact]
    public void Concat_SlicesOfOneGradient_AreNotWritten()
    {
        using Tape tape = Tape.Begin();
        Variable u = _p * 2, v = _q * 3, w = u * 5, s = Variable.Concat([u, v]);
        tape.Backward((s * Tensor.CopyOf([1f, 10f, 100f, 1000f])).Sum() + w.Sum());
        Assert.Equal([12f, 30f], _p.Grad!.ToArray<float>());
        Assert.Equal([300f, 3000f], _q.Grad!.ToArray<float>());
    }

    [Fact]
    public void AddGrad_TensorOfTheUser_IsNeitherWrittenNorReturned()
    {
        Tensor own = Tensor.CopyOf([7f, 8f]);
        using (Tape tape = Tape.Begin())
        {
            Variable u = _p * 2, w = u * 5;
            Variable y = TestNode.Make(u.Value.Sum(), _ => u.AddGrad(own), u);
            tape.Backward(y + w.Sum());
            Assert.Equal([24f, 26f], _p.Grad!.ToArray<float>());
        }
        Assert.Equal([7f, 8f], own.ToArray<float>());
    }

    [Fact]
    public void AddGrad_TensorOfTheForwardPass_IsNeitherWrittenNorReturned()
    {
        using Tape tape = Tape.Begin();
        Tensor own = Tensor.CopyOf([7f, 8f]);
        Variable u = _p * 2, w = u * 5;
        Variable y = TestNode.Make(u.Value.Sum(), _ => u.AddGrad(own), u);
        tape.Backward(y + w.Sum());
        Assert.Equal([24f, 26f], _p.Grad!.ToArray<float>());
        Assert.Equal([7f, 8f], own.ToArray<float>());
    }

    [Fact]
    public void AddGrad_TensorThatTheFormulaUsesAgain_IsNotWritten()
    {
        using Tape tape = Tape.Begin();
        Variable u = _p * 2, v = _q * 3;
        Action<Variable> backward = dy =>
        {
            Tensor g = Tensor.CopyOf([1f, 10f]);
            u.AddGrad(g);
            u.AddGrad(Tensor.CopyOf([100f, 100f])); // the same input given twice
            v.AddGrad(g);
        };
        tape.Backward(TestNode.Make(Tensor.Scalar(0), backward, u, u, v));
        Assert.Equal([202f, 220f], _p.Grad!.ToArray<float>());
        Assert.Equal([3f, 30f], _q.Grad!.ToArray<float>());
    }
}
