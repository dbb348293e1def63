namespace MiniStack.Tests;

public class ConvertGradientTests
{
    [Fact]
    public void To_AnotherFloat_ConvertsTheGradientBack()
    {
        Parameter x = new(Tensor.CopyOf([1.0, -2.0, 3.0]));
        using Tape tape = Tape.Begin();
        Variable y = x.To(DType.F32);
        tape.Backward((y * Tensor.CopyOf([0.5f, 2f, -4f])).Sum());
        Assert.Equal(DType.F64, x.Grad!.DType);
        Assert.Equal([0.5, 2, -4], x.Grad.ToArray<double>());
    }

    [Fact]
    public void To_TheSameFloat_IsTheVariableItself()
    {
        Parameter x = new(Tensor.CopyOf([1.0]));
        Assert.Same(x, x.To(DType.F64));
    }
}
