using MiniStack.Operators;
using static MiniStack.Tests.AgainstReference;

namespace MiniStack.Tests;

/// <summary>Elementwise methods of the CPU backend against the reference: every dtype, layout and special value.</summary>
public class ElementwiseTests
{
    // F32 results are rounded once more than the reference's, which computes in F64.
    private const double Ulps32 = 4e-7, Ulps64 = 2e-15;

    [Fact]
    public void Negate_AnyCase_EqualsReference() => Unary(Numbers, (backend, x, y) => backend.Unary<Negate>(x, y));

    [Fact]
    public void Abs_AnyCase_EqualsReference() => Unary(Numbers, (backend, x, y) => backend.Unary<Abs>(x, y));

    [Fact]
    public void Exp_AnyCase_EqualsReference() => Unary(Floats, (backend, x, y) => backend.Unary<Exp>(x, y), Ulps32, Ulps64);

    [Fact]
    public void Log_AnyCase_EqualsReference() => Unary(Floats, (backend, x, y) => backend.Unary<Log>(x, y), Ulps32, Ulps64);

    [Fact]
    public void Sqrt_AnyCase_EqualsReference() => Unary(Floats, (backend, x, y) => backend.Unary<Sqrt>(x, y));

    [Fact]
    public void Sin_AnyCase_EqualsReference() =>
        Unary(Floats, (backend, x, y) => backend.Unary<Sin>(x, y), largest: DeviceUnderTest.LargestAngle);

    [Fact]
    public void Cos_AnyCase_EqualsReference() =>
        Unary(Floats, (backend, x, y) => backend.Unary<Cos>(x, y), largest: DeviceUnderTest.LargestAngle);

    [Fact]
    public void Tanh_AnyCase_EqualsReference() => Unary(Floats, (backend, x, y) => backend.Unary<Tanh>(x, y), Ulps32, Ulps64);

    [Fact]
    public void Sigmoid_AnyCase_EqualsReference() => Unary(Floats, (backend, x, y) => backend.Unary<Sigmoid>(x, y), Ulps32, Ulps64);

    [Fact]
    public void Erf_AnyCase_EqualsReference() => Unary(Floats, (backend, x, y) => backend.Unary<Erf>(x, y), Ulps32, Ulps64);

    [Fact]
    public void Relu_AnyCase_EqualsReference() => Unary(Floats, (backend, x, y) => backend.Unary<Relu>(x, y));

    [Fact]
    public void Gelu_AnyCase_EqualsReference() => Unary(Floats, (backend, x, y) => backend.Unary<Gelu>(x, y), Ulps32, Ulps64);

    [Fact]
    public void Silu_AnyCase_EqualsReference() => Unary(Floats, (backend, x, y) => backend.Unary<Silu>(x, y), Ulps32, Ulps64);

    [Fact]
    public void TanhBackward_AnyCase_EqualsReference() =>
        Backward((backend, x, dy, dx) => backend.Binary<TanhBackward>(x, dy, dx), x => x.Tanh());

    [Fact]
    public void SigmoidBackward_AnyCase_EqualsReference() =>
        Backward((backend, x, dy, dx) => backend.Binary<SigmoidBackward>(x, dy, dx), x => x.Sigmoid());

    [Fact]
    public void ReluBackward_AnyCase_EqualsReference() => Backward((backend, x, dy, dx) => backend.Binary<ReluBackward>(x, dy, dx));

    [Fact]
    public void GeluBackward_AnyCase_EqualsReference() => Backward((backend, x, dy, dx) => backend.Binary<GeluBackward>(x, dy, dx));

    [Fact]
    public void SiluBackward_AnyCase_EqualsReference() => Backward((backend, x, dy, dx) => backend.Binary<SiluBackward>(x, dy, dx));

    [Fact]
    public void Add_AnyCase_EqualsReference() => Binary(Numbers, (backend, a, b, y) => backend.Binary<Add>(a, b, y));

    [Fact]
    public void Subtract_AnyCase_EqualsReference() => Binary(Numbers, (backend, a, b, y) => backend.Binary<Subtract>(a, b, y));

    [Fact]
    public void Multiply_AnyCase_EqualsReference() => Binary(Numbers, (backend, a, b, y) => backend.Binary<Multiply>(a, b, y));

    [Fact]
    public void Divide_AnyCase_EqualsReference() => Binary(Floats, (backend, a, b, y) => backend.Binary<Divide>(a, b, y));

    [Fact]
    public void Pow_AnyCase_EqualsReference() => Binary(Floats, (backend, a, b, y) => backend.Binary<Pow>(a, b, y));

    [Fact]
    public void Maximum_AnyCase_EqualsReference() => Binary(Numbers, (backend, a, b, y) => backend.Binary<Maximum>(a, b, y));

    [Fact]
    public void Minimum_AnyCase_EqualsReference() => Binary(Numbers, (backend, a, b, y) => backend.Binary<Minimum>(a, b, y));

    [Fact]
    public void Equal_AnyCase_EqualsReference() =>
        Binary(All, (backend, a, b, y) => backend.Compare<Equal>(a, b, y), result: DType.Bool);

    [Fact]
    public void Less_AnyCase_EqualsReference() => Binary(Numbers, (backend, a, b, y) => backend.Compare<Less>(a, b, y), result: DType.Bool);

    [Fact]
    public void LessOrEqual_AnyCase_EqualsReference() =>
        Binary(Numbers, (backend, a, b, y) => backend.Compare<LessOrEqual>(a, b, y), result: DType.Bool);

    [Fact]
    public void Not_AnyCase_EqualsReference() => Unary([DType.Bool], (backend, x, y) => backend.Unary<Not>(x, y));

    [Fact]
    public void Where_AnyCase_EqualsReference() => Check(Cases.Any, drawn =>
    {
        foreach (DType dtype in All)
        {
            Tensor condition = Cases.Make(drawn.Shape, DType.Bool, drawn.LyingB, drawn.Holding, drawn.Seed ^ 2);
            Tensor a = Cases.Make(drawn.Shape, dtype, drawn.LyingA, drawn.Holding, drawn.Seed);
            Tensor b = Cases.Make(drawn.Shape, dtype, drawn.LyingB, drawn.Holding, drawn.Seed ^ 1);
            Compare(drawn.Shape, dtype, (backend, y) => backend.Where(condition, a, b, y), what: $"{dtype} {drawn}");
        }
    });

    [Theory]
    [MemberData(nameof(Cases.Large), MemberType = typeof(Cases))]
    public void AddAndGelu_SizesAroundBlocksAndPieces_EqualReference(int[] sizes, Lying lying)
    {
        Tensor a = Cases.Make(sizes, DType.F32, lying, Holding.Special, 1), b = Cases.Make(sizes, DType.F32, Lying.Contiguous, Holding.Ordinary, 2);
        Compare(sizes, DType.F32, (backend, y) => backend.Binary<Add>(a, b, y));
        Compare(sizes, DType.F32, (backend, y) => backend.Unary<Gelu>(a, y), Ulps32);
        Compare(sizes, DType.Bool, (backend, y) => backend.Compare<Less>(b, a, y));
    }

    [Fact]
    public void Add_OutputIsFirstInput_AddsInPlace()
    {
        Tensor a = Cases.Make([40, 1000], DType.F32, Lying.Contiguous, Holding.Ordinary, 1);
        Tensor b = Cases.Make([1000], DType.F32, Lying.Contiguous, Holding.Ordinary, 2).Expand([40, 1000]), sum = a.Add(b);
        Tested.Binary<Add>(a, b, a);
        Assert.Equal(Bits(sum), Bits(a));
    }

    [Fact]
    public void Multiply_OutputIsFirstInput_MultipliesInPlace()
    {
        Tensor a = Cases.Make([40, 1000], DType.F32, Lying.Contiguous, Holding.Ordinary, 1);
        Tensor b = Tensor.Scalar(3).Expand([40, 1000]), product = a.Multiply(b);
        Tested.Binary<Multiply>(a, b, a);
        Assert.Equal(Bits(product), Bits(a));
    }

    /// <summary>dx = f(x, dy), or f(y, dy) where the gradient is one of the result y.</summary>
    private static void Backward(Action<Backend, Tensor, Tensor, Tensor> f, Func<Tensor, Tensor>? result = null) => Check(Cases.Any, drawn =>
    {
        foreach (DType dtype in Floats)
        {
            Tensor x = Cases.Make(drawn.Shape, dtype, drawn.LyingA, drawn.Holding, drawn.Seed);
            // A stretched view cannot be written to.
            bool isStretched = drawn.LyingA is Lying.StretchedFirst or Lying.StretchedLast;
            if (result is not null) x = isStretched ? result(x.Contiguous()) : x.CopyFrom(result(x.Contiguous()));
            // dy is ordinary: 3e38 would blow up the rounding of φ(−13.5), a subnormal F32.
            Tensor dy = Cases.Make(drawn.Shape, dtype, drawn.LyingB, Holding.Ordinary, drawn.Seed ^ 1);
            Compare(drawn.Shape, dtype, (backend, dx) => f(backend, x, dy, dx), 2e-6, 1e-14, $"{dtype} {drawn}");
        }
    });
}
