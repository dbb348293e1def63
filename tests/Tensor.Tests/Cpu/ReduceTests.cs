using static MiniStack.Tests.AgainstReference;

namespace MiniStack.Tests;

/// <summary>Reductions of the CPU backend against the reference.</summary>
public class ReduceTests
{
    [Fact]
    public void Sum_AnyCase_EqualsReference() => Reduction(Numbers, Holding.Ordinary, (backend, x, y) => backend.Sum(x, y), 1e-6, 1e-13);

    [Fact]
    public void Sum_SpecialValues_EqualsReference() => Check(Cases.Any, drawn =>
    {
        Tensor x = Cases.Make(drawn.Shape, DType.F64, drawn.LyingA, Holding.Special, drawn.Seed);
        double[] expected = Doubles(x);
        double sum = x.To(DeviceUnderTest.Device).Sum().Item();
        // Terms of 3e38 hide the small ones, so only what must be exact is compared: NaN and infinity.
        Assert.Equal(double.IsNaN(expected.Sum()), double.IsNaN(sum));
    });

    [Fact]
    public void Max_AnyCase_EqualsReference() =>
        Reduction(Numbers, null, (backend, x, y) => { if (x.Count > 0) backend.Max(x, y); });

    [Fact]
    public void Min_AnyCase_EqualsReference() =>
        Reduction(Numbers, null, (backend, x, y) => { if (x.Count > 0) backend.Min(x, y); });

    [Fact]
    public void ArgMax_AnyCase_EqualsReference() => Check(Cases.Rows, drawn =>
    {
        foreach (DType dtype in Numbers)
        {
            Tensor x = Cases.Make(drawn.Shape, dtype, drawn.LyingA, drawn.Holding, drawn.Seed);
            Compare(drawn.Shape[..^1], DType.I64, (backend, y) => backend.ArgMax(x, y), what: $"{dtype} {drawn}");
        }
    });

    [Fact]
    public void SumOfSquares_AnyCase_EqualsReference() => Check(Cases.Any, drawn =>
    {
        foreach (DType dtype in Floats)
        {
            Tensor x = Cases.Make(drawn.Shape, dtype, drawn.LyingA, Holding.Ordinary, drawn.Seed);
            double expected = Reference.SquaredNorm([x]);
            Assert.Equal(expected, Tested.SquaredNorm([x]), 1e-12 * Math.Max(1, expected));
        }
    });

    [Fact]
    public void SquaredNorm_SeveralTensors_IsTheSumOfEach()
    {
        Tensor[] tensors = [.. new[] { 5, 0, 70_000, 1 }.Select(count => Cases.Make([count], DType.F32, Lying.Stepped, Holding.Ordinary, count).To(DeviceUnderTest.Device))];
        Assert.Equal(tensors.Sum(Fused.SumOfSquares), Fused.SquaredNorm(tensors));
        Assert.Equal(0, Fused.SquaredNorm([]));
        DeviceException error = Assert.Throws<DeviceException>(() => Fused.SquaredNorm([tensors[0], Tensor.Ones([1], device: Device.Reference)]));
        Assert.Equal($"SquaredNorm: a lies on {tensors[0].Device} and b on reference. Move one of them, for example b.To(a.Device).", error.Message);
    }

    [Theory]
    [MemberData(nameof(Cases.Large), MemberType = typeof(Cases))]
    public void SumAndMax_SizesAroundPieces_EqualReference(int[] sizes, Lying lying)
    {
        Shape shape = sizes;
        // A sum of n numbers around 0 is about √n, and F32 rounds it so: groups of 16 may round as much (Sums.QuickSum).
        foreach (DType dtype in (DType[])[DType.F32, DType.I32])
        {
            Tensor x = Cases.Make(shape, dtype, lying, Holding.Ordinary, 5);
            for (int kept = 0; kept <= shape.Rank; kept++)
            {
                Compare(shape[..kept], dtype, (backend, y) => backend.Sum(x, y), 1e-6 * Math.Sqrt(shape.Count / shape[..kept].Count));
                Compare(shape[..kept], dtype, (backend, y) => backend.Max(x, y));
            }
            Tensor turned = x.Permute(Enumerable.Range(0, shape.Rank).Reverse().ToArray());
            Compare(turned.Shape[..1], dtype, (backend, y) => backend.Sum(turned, y), 1e-6 * Math.Sqrt(shape.Count / turned.Shape[0]));
            Compare(turned.Shape[..1], dtype, (backend, y) => backend.Min(turned, y));
        }
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    public void Sum_Empty_IsZero(DType dtype)
    {
        Assert.Equal(0, Tensor.Zeros([0], dtype, DeviceUnderTest.Device).Sum().Item());
        Assert.Equal([0.0, 0, 0], Doubles(Tensor.Zeros([0, 3], dtype, DeviceUnderTest.Device).Sum([0]).To(Device.Cpu)));
        Assert.Equal([0.0, 0, 0], Doubles(Tensor.Zeros([3, 0], dtype, DeviceUnderTest.Device).Sum([1]).To(Device.Cpu)));
    }

    [Fact]
    public void Sum_ManyF32_LosesNothing()
    {
        // Ten million times 0.1f, one after the other in F32, would give 1087937.
        Assert.Equal(1_000_000.0149, Tensor.Full([10_000_000], 0.1, device: DeviceUnderTest.Device).Sum().Item(), 0.05 + 1e6 * DeviceUnderTest.LeastTolerance(DType.F32));
    }

    [Fact]
    public void Sum_TermsThatOverflowTogether_StayFiniteWhenTheSumDoes()
    {
        float[] terms = [.. Enumerable.Repeat(3e38f, 256), .. Enumerable.Repeat(-3e38f, 256)];
        Tensor x = Tensor.CopyOf(terms).To(DeviceUnderTest.Device);
        Assert.Equal(0, x.Sum().Item());
        Assert.All(x.Unsqueeze(1).Expand([512, 20]).Contiguous().Sum([0]).ToArray<float>(), sum => Assert.Equal(0, sum));
    }

    private static void Reduction(
        DType[] dtypes, Holding? holding, Action<Backend, Tensor, Tensor> f, double f32 = 0, double f64 = 0) => Check(Cases.Any, drawn =>
    {
        foreach (DType dtype in dtypes)
        {
            Tensor x = Cases.Make(drawn.Shape, dtype, drawn.LyingA, holding ?? drawn.Holding, drawn.Seed);
            for (int kept = 0; kept <= x.Rank; kept++)
            {
                double scale = Math.Max(1, Math.Sqrt(x.Count));
                Compare(drawn.Shape[..kept], dtype, (backend, y) => f(backend, x, y), f32 * scale, f64 * scale, $"{dtype} keep {kept} of {drawn}");
            }
        }
    });
}
