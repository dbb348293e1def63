using Dense = System.Numerics.Tensors;

namespace MiniStack.Tests;

public class NumericsInteropTests
{
    [Fact]
    public void Wrap_DenseTensor_SharesMemoryBothWays()
    {
        Dense.Tensor<float> theirs = Dense.Tensor.Create(new float[] { 1, 2, 3, 4, 5, 6 }, [2, 3]);
        Tensor ours = Tensor.Wrap(theirs);
        Assert.Equal([2, 3], ours.Shape.ToArray());
        theirs[1, 2] = 60;
        ours.Select(0, 0).Fill(7);
        Assert.Equal([7, 7, 7, 4, 5, 60], ours.ToArray<float>());
        Assert.Equal(7, theirs[0, 2]);
    }

    [Fact]
    public void AsTensorSpan_SharesMemoryBothWays_AndCountsAsWrite()
    {
        Tensor ours = Tensor.CopyOf([1f, 2f, 3f, 4f, 5f, 6f], [2, 3]);
        Dense.TensorSpan<float> theirs = ours.AsTensorSpan<float>();
        theirs[1, 0] = 40;
        ours.Select(0, 0).Fill(7);
        Assert.Equal([7, 7, 7, 40, 5, 6], ours.ToArray<float>());
        Assert.Equal(7, theirs[0, 1]);
        Assert.Equal(2, ours.Storage.Writes);
    }

    [Fact]
    public void AsTensorSpan_Views_KeepTheirStrides()
    {
        Tensor x = Tensor.Arange(24, DType.F32).Reshape(2, 3, 4);
        Dense.TensorSpan<float> transposed = x.Transpose().AsTensorSpan<float>(), sliced = x.Slice(2, 1, 2, step: 2).AsTensorSpan<float>();
        Assert.Equal(3 * 4 + 2 * 4 + 1, transposed[1, 1, 2]);
        Assert.Equal(1 * 12 + 2 * 4 + 3, sliced[1, 2, 1]);
    }

    [Fact]
    public void AsTensorSpan_TheirOperators_WorkOnOurMemory()
    {
        Tensor ours = Tensor.CopyOf([1f, -2f, 3f, -4f], [2, 2]);
        Dense.TensorSpan<float> theirs = ours.AsTensorSpan<float>();
        Dense.Tensor.Abs(theirs, theirs);
        Assert.Equal([1, 2, 3, 4], ours.ToArray<float>());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void AsTensorSpan_SizesOneAndZero_HaveTheirLengths(int size)
    {
        Dense.TensorSpan<double> theirs = Tensor.Zeros([3, size], DType.F64).AsTensorSpan<double>();
        Assert.Equal([3, size], theirs.Lengths.ToArray());
    }

    [Fact]
    public void AsTensorSpan_WrongType_Throws() =>
        Assert.Throws<DTypeException>(() => Tensor.Zeros([2]).AsTensorSpan<double>());
}
