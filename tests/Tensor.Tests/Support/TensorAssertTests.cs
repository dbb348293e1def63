using Xunit.Sdk;

namespace MiniStack.Tests;

public class TensorAssertTests
{
    [Fact]
    public void Close_WithinTolerance_Passes() =>
        TensorAssert.Close(Tensor.CopyOf([1f, float.NaN, 0f]), Tensor.CopyOf([1.0000001f, float.NaN, -0f]));

    [Fact]
    public void Close_OneElementOff_NamesIt()
    {
        Tensor expected = Tensor.Zeros([2, 3]), actual = Tensor.Zeros([2, 3]);
        actual.AsSpan<float>()[5] = 0.5f;
        XunitException error = Assert.ThrowsAny<XunitException>(() => TensorAssert.Close(expected, actual, 0.25, "sums"));
        Assert.Equal("sums: element [1, 2] of (2, 3) should be 0, but is 0.5 (tolerance 0.25).", error.Message);
    }

    [Fact]
    public void SameBits_NegativeZero_Differs() =>
        Assert.ThrowsAny<XunitException>(() => TensorAssert.SameBits(Tensor.CopyOf([0f]), Tensor.CopyOf([-0f])));

    [Fact]
    public void Close_AnotherShape_Fails() =>
        Assert.ThrowsAny<XunitException>(() => TensorAssert.Close(Tensor.Zeros([2]), Tensor.Zeros([3])));
}
