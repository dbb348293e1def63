namespace MiniStack.Tests;

/// <summary>Gradients at points where differences do not exist: each is a choice, and PyTorch's.</summary>
public class KinkTests
{
    [Fact]
    public void Abs_AtZero_GivesZero() => Assert.Equal([-1f, 0, 1], Gradient(x => x.Abs(), -2, 0, 3));

    [Fact]
    public void Relu_AtZero_GivesZero() => Assert.Equal([0f, 0, 1], Gradient(x => x.Relu(), -2, 0, 3));

    [Fact]
    public void Maximum_OfEqualNumbers_SharesEvenly()
    {
        Parameter a = new(Tensor.CopyOf([1f, 2, 3])), b = new(Tensor.CopyOf([3f, 2, 1]));
        Backward(() => a.Maximum(b));
        Assert.Equal([0f, 0.5f, 1], a.Grad!.ToArray<float>());
        Assert.Equal([1f, 0.5f, 0], b.Grad!.ToArray<float>());
    }

    [Fact]
    public void Minimum_OfEqualNumbers_SharesEvenly()
    {
        Parameter a = new(Tensor.CopyOf([1f, 2, 3])), b = new(Tensor.CopyOf([3f, 2, 1]));
        Backward(() => a.Minimum(b));
        Assert.Equal([1f, 0.5f, 0], a.Grad!.ToArray<float>());
        Assert.Equal([0f, 0.5f, 1], b.Grad!.ToArray<float>());
    }

    [Fact]
    public void Max_SeveralLargest_ShareEvenly() => Assert.Equal([0.5f, 0, 0.5f], Gradient(x => x.Max(), 4, 1, 4));

    [Fact]
    public void Min_SeveralSmallest_ShareEvenly() => Assert.Equal([0, 0.5f, 0.5f], Gradient(x => x.Min(), 4, 1, 1));

    [Fact]
    public void Pow_ToTheZero_HasNoSlope() => Assert.Equal([0f, 0, 0], Gradient(x => x.Pow(Tensor.Scalar(0)), -2, 0, 3));

    [Fact]
    public void Pow_SquareAtAndBelowZero_IsExact() => Assert.Equal([-4f, 0, 6], Gradient(x => x.Pow(Tensor.Scalar(2)), -2, 0, 3));

    [Fact]
    public void Pow_OfZero_DoesNotDependOnTheExponent() =>
        Assert.Equal([0f, 0], Gradient(exponent => new Variable(Tensor.Scalar(0)).Pow(exponent), 0, 2));

    private static float[] Gradient(Func<Variable, Variable> function, params float[] at)
    {
        Parameter x = new(Tensor.CopyOf(at));
        Backward(() => function(x));
        return x.Grad!.ToArray<float>();
    }

    private static void Backward(Func<Variable> function)
    {
        using Tape tape = Tape.Begin();
        tape.Backward(function().Sum());
    }
}
