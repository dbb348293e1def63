using MiniStack.Operators;
using static MiniStack.Tests.AgainstReference;

namespace MiniStack.Tests;

/// <summary>Functions that only the table of operators tries elsewhere: here also on special numbers, in any shape and stride.</summary>
public class FunctionTests
{
    [Fact]
    public void Tan_AnyCase_EqualsReference() =>
        Unary(Floats, (backend, x, y) => backend.Unary<Tan>(x, y), largest: DeviceUnderTest.LargestAngle);

    [Fact]
    public void Asin_AnyCase_EqualsReference() => Unary(Floats, (backend, x, y) => backend.Unary<Asin>(x, y));

    [Fact]
    public void Acos_AnyCase_EqualsReference() => Unary(Floats, (backend, x, y) => backend.Unary<Acos>(x, y));

    [Fact]
    public void Atan_AnyCase_EqualsReference() => Unary(Floats, (backend, x, y) => backend.Unary<Atan>(x, y));

    [Fact]
    public void Sinh_AnyCase_EqualsReference() => Unary(Floats, (backend, x, y) => backend.Unary<Sinh>(x, y));

    [Fact]
    public void Cosh_AnyCase_EqualsReference() => Unary(Floats, (backend, x, y) => backend.Unary<Cosh>(x, y));

    [Fact]
    public void Floor_AnyCase_EqualsReference() => Unary(Floats, (backend, x, y) => backend.Unary<Floor>(x, y));

    [Fact]
    public void Ceiling_AnyCase_EqualsReference() => Unary(Floats, (backend, x, y) => backend.Unary<Ceiling>(x, y));

    [Fact]
    public void Round_AnyCase_EqualsReference() => Unary(Floats, (backend, x, y) => backend.Unary<Round>(x, y));

    [Fact]
    public void Sign_AnyCase_EqualsReference() => Unary(Numbers, (backend, x, y) => backend.Unary<Sign>(x, y));

    [Fact]
    public void BinaryCrossEntropyWithLogits_AnyCase_EqualsReference() =>
        Binary(Floats, (backend, x, t, y) => backend.Binary<BinaryCrossEntropyWithLogits>(x, t, y));
}
