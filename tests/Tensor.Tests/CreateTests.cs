namespace MiniStack.Tests;

public class CreateTests
{
    [Fact]
    public void CopyOf_ArrayChangesLater_TensorDoesNot()
    {
        float[] array = [1, 2, 3];
        Tensor copy = Tensor.CopyOf(array, [3]);
        array[0] = 9;
        Assert.Equal([1, 2, 3], copy.ToArray<float>());
    }

    [Fact]
    public void Wrap_ArrayChangesLater_TensorToo()
    {
        float[] array = [1, 2, 3];
        Tensor wrapped = Tensor.Wrap(array, [3]);
        array[0] = 9;
        wrapped.Slice(0, 2, 1).Fill(7);
        Assert.Equal([9, 2, 7], wrapped.ToArray<float>());
        Assert.Equal([9, 2, 7], array);
    }

    [Fact]
    public void CopyOf_Matrix_HasItsShape()
    {
        Tensor x = Tensor.CopyOf(new[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        Assert.Equal([2, 3], x.Shape.ToArray());
        Assert.Equal([1, 2, 3, 4, 5, 6], x.ToArray<int>());
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.I64)]
    [InlineData(DType.I32)]
    [InlineData(DType.Bool)]
    public void ZerosOnesFull_EveryDType_HoldTheValue(DType dtype)
    {
        Assert.All(AgainstReference.Doubles(Tensor.Zeros([2, 3], dtype)), value => Assert.Equal(0, value));
        Assert.All(AgainstReference.Doubles(Tensor.Ones([2, 3], dtype)), value => Assert.Equal(1, value));
        Assert.Equal(dtype == DType.Bool ? 1 : 3, Tensor.Scalar(3, dtype).Item());
        Assert.Equal(0, Tensor.Scalar(3, dtype).Rank);
        Assert.Equal(dtype, Tensor.Full([2], 3, dtype).DType);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.I64)]
    [InlineData(DType.I32)]
    public void Arange_EveryNumber_Counts(DType dtype)
    {
        Assert.Equal([0, 1, 2, 3, 4], AgainstReference.Doubles(Tensor.Arange(5, dtype)));
        Assert.Equal(0, Tensor.Arange(0, dtype).Count);
    }

    [Fact]
    public void To_OtherDType_RoundsCutsAndTests()
    {
        Tensor x = Tensor.CopyOf([-1.7, -0.2, 0, 0.9, 1e10, double.NaN]);
        Assert.Equal([-1, 0, 0, 0, int.MaxValue, 0], x.To(DType.I32).ToArray<int>());
        Assert.Equal([-1, 0, 0, 0, 10_000_000_000, 0], x.To(DType.I64).ToArray<long>());
        Assert.Equal([true, true, false, true, true, true], x.To(DType.Bool).ToArray<bool>());
        Assert.Equal((float)1e10, x.To(DType.F32).ToArray<float>()[4]);
        Assert.Same(x, x.To(DType.F64));
        Assert.Same(x, x.To(Device.Cpu));
    }

    [Fact]
    public void To_OtherDevice_Copies()
    {
        Tensor x = Tensor.CopyOf([1f, 2f, 3f, 4f], [2, 2]).Transpose(), there = x.To(Device.Reference);
        Assert.Same(Device.Reference, there.Device);
        Assert.Equal([1, 3, 2, 4], there.ToArray<float>());
        Assert.Same(Device.Cpu, there.To(Device.Cpu).Device);
        Assert.Same(Device.Reference, Tensor.CopyOf([1f], [1], Device.Reference).Device);
    }

    [Fact]
    public void ReadingBack_View_IsRowMajor()
    {
        Tensor x = Tensor.CopyOf([1, 2, 3, 4, 5, 6], [2, 3]);
        Assert.Equal([1, 4, 2, 5, 3, 6], x.Transpose().ToArray<int>());
        Assert.Equal([4, 5, 6], x.Select(0, 1).AsSpan<int>().ToArray());
        Assert.Equal(6, x.Slice(0, 1, 1).Slice(1, 2, 1).Item<int>());
        Assert.Equal(6.0, x.Max().Item());
    }

    [Fact]
    public void AsSpan_CountsAsWrite_AsReadOnlySpanDoesNot()
    {
        Tensor x = Tensor.Zeros([2]);
        _ = x.AsReadOnlySpan<float>();
        Assert.Equal(0, x.Storage.Writes);
        x.AsSpan<float>()[1] = 5;
        Assert.Equal(1, x.Storage.Writes);
        Assert.Equal([0, 5], x.ToArray<float>());
    }

    [Fact]
    public void InPlace_Operations_ChangeAndCountWrites()
    {
        Tensor x = Tensor.CopyOf([1f, 2f, 3f, 4f], [2, 2]);
        x.AddInPlace(Tensor.CopyOf([10f, 20f])).ScaleInPlace(2);
        Assert.Equal([22, 44, 26, 48], x.ToArray<float>());
        x.Transpose().CopyFrom(Tensor.CopyOf([1f, 2f]));
        Assert.Equal([1, 1, 2, 2], x.ToArray<float>());
        Assert.Equal(3, x.Storage.Writes);
    }

    [Fact]
    public void InPlace_InputIsAnotherViewOfItself_ReadsTheOldElements()
    {
        Tensor x = Tensor.CopyOf([1f, 2f, 3f, 4f], [2, 2]);
        x.AddInPlace(x.Transpose());
        Assert.Equal([2, 5, 5, 8], x.ToArray<float>());
        x.AddInPlace(x.Select(0, 0));
        Assert.Equal([4, 10, 7, 13], x.ToArray<float>());
        x.AddInPlace(x);
        Assert.Equal([8, 20, 14, 26], x.ToArray<float>());
        x.CopyFrom(x.Transpose());
        Assert.Equal([8, 14, 20, 26], x.ToArray<float>());
    }

    [Fact]
    public void Concat_AnyAxis_PutsOneAfterTheOther()
    {
        Tensor a = Tensor.CopyOf([1, 2, 3, 4], [2, 2]), b = Tensor.CopyOf([5, 6], [2, 1]);
        Assert.Equal([1, 2, 5, 3, 4, 6], Tensor.Concat([a, b], axis: 1).ToArray<int>());
        Assert.Equal([1, 2, 3, 4, 1, 3, 2, 4], Tensor.Concat([a, a.Transpose()]).ToArray<int>());
    }

    [Fact]
    public void Blocks_AnySize_StartOnCacheLines()
    {
        foreach (int count in (int[])[1, 3, 17, 1000, 100_001])
        {
            Tensor x = Tensor.Zeros([count]);
            unsafe
            {
                fixed (float* first = x.AsReadOnlySpan<float>()) Assert.Equal(0, (nint)first % 64);
            }
        }
    }
}
