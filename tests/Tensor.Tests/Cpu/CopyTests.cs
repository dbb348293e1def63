using static MiniStack.Tests.AgainstReference;

namespace MiniStack.Tests;

/// <summary>Copy and Fill of the CPU backend against the reference: every pair of dtypes, and any layout on both sides.</summary>
public class CopyTests
{
    [Fact]
    public void Copy_AnyDTypesAndLayouts_EqualsReference() => Check(Cases.Any, drawn =>
    {
        foreach (DType from in All)
        {
            Tensor source = Cases.Make(drawn.Shape, from, drawn.LyingA, drawn.Holding, drawn.Seed);
            foreach (DType to in All)
            {
                Tensor actual = Destination(drawn, to), expected = Destination(drawn, to);
                Tested.Copy(source, actual);
                Reference.Copy(source, expected);
                Close(expected, actual, 0, $"{from} to {to}, {drawn}");
            }
        }
    });

    [Theory]
    [MemberData(nameof(Cases.Large), MemberType = typeof(Cases))]
    public void Copy_SizesAroundTilesAndPieces_EqualsReference(int[] sizes, Lying lying)
    {
        Tensor source = Cases.Make(sizes, DType.F32, lying, Holding.Ordinary, 1);
        Compare(sizes, DType.F32, (backend, y) => backend.Copy(source, y));
        Compare(sizes, DType.F64, (backend, y) => backend.Copy(source, y));
    }

    [Fact]
    public void Copy_IntoPartOfTensor_LeavesTheRest()
    {
        Tensor y = Tensor.Full([4, 5], 9);
        Tested.Copy(Tensor.Zeros([2, 3]), y.Slice(0, 1, 2).Slice(1, 1, 3));
        Assert.Equal([9, 9, 9, 9, 9, 9, 0, 0, 0, 9, 9, 0, 0, 0, 9, 9, 9, 9, 9, 9], y.ToArray<float>());
    }

    [Fact]
    public void Fill_AnyDTypeAndLayout_EqualsReference() => Check(Cases.Any, drawn =>
    {
        foreach (DType dtype in All)
        {
            foreach (double value in (double[])[0, 1, -2.5, 1e20, double.NaN])
            {
                Tensor actual = Destination(drawn, dtype), expected = Destination(drawn, dtype);
                Tested.Fill(actual, value);
                Reference.Fill(expected, value);
                Close(expected, actual, 0, $"{dtype} {value}, {drawn}");
            }
        }
    });

    [Fact]
    public void Fill_SlicedView_LeavesTheGaps()
    {
        Tensor y = Tensor.Zeros([2, 4]);
        Tested.Fill(y.Slice(1, 1, 2), 5);
        Assert.Equal([0, 5, 5, 0, 0, 5, 5, 0], y.ToArray<float>());
    }

    /// <summary>Something to write into: stretched layouts, which would be written more than once, become contiguous.</summary>
    private static Tensor Destination(Case drawn, DType dtype)
    {
        Lying lying = drawn.LyingB is Lying.StretchedFirst or Lying.StretchedLast ? Lying.Contiguous : drawn.LyingB;
        return Cases.Make(drawn.Shape, dtype, lying, Holding.Ordinary, 3);
    }
}
