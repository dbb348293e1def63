using static MiniStack.Tests.AgainstReference;

namespace MiniStack.Tests;

/// <summary>Optimizer steps of the CPU backend against the reference, over several steps.</summary>
public class OptimizerTests
{
    [Fact]
    public void AdamW_AnyCase_EqualsReference() => Check(Cases.Any, drawn =>
    {
        foreach (DType dtype in Floats)
        {
            Tensor[] actual = Steps(Tested), expected = Steps(Reference);
            for (int i = 0; i < expected.Length; i++) Close(expected[i], actual[i], dtype == DType.F32 ? 2e-6 : 1e-14, $"output {i} {dtype} {drawn}");

            Tensor[] Steps(Backend backend)
            {
                Tensor p = Cases.Make(drawn.Shape, dtype, Lying.Contiguous, Holding.Ordinary, drawn.Seed);
                Tensor m = Tensor.Zeros(drawn.Shape, dtype), v = Tensor.Zeros(drawn.Shape, dtype);
                for (int step = 1; step <= 3; step++)
                {
                    Tensor g = Cases.Make(drawn.Shape, dtype, drawn.LyingB, Holding.Ordinary, drawn.Seed ^ step);
                    backend.AdamW([new(p, g, m, v)], new AdamWStep(0.01, 0.9, 0.99, 1e-8, 0.1, 0.5, step));
                }
                return [p, m, v];
            }
        }
    });

    [Fact]
    public void AdamW_ManyParameters_HasTheBitsOfOneAfterTheOther()
    {
        // Without elements, in one piece, in several, and of two types.
        (int Count, DType DType)[] kinds =
            [(0, DType.F32), (3, DType.F32), (50_000, DType.F32), (0, DType.F64), (0, DType.F32), (17, DType.F64), (16_384, DType.F32), (40_001, DType.F64), (0, DType.F32)];
        AdamWTensors[] together = Make(), alone = Make();
        AdamWStep step = new(0.01, 0.9, 0.99, 1e-8, 0.1, 0.5, 3);
        Fused.AdamW(together, step);
        foreach ((Tensor p, Tensor g, Tensor m, Tensor v) in alone) Fused.AdamW(p, g, m, v, step);
        for (int i = 0; i < kinds.Length; i++)
        {
            TensorAssert.SameBits(alone[i].Parameter, together[i].Parameter);
            TensorAssert.SameBits(alone[i].M, together[i].M);
            TensorAssert.SameBits(alone[i].V, together[i].V);
        }
        Fused.AdamW([], step);
        Assert.Throws<DeviceException>(() => Fused.AdamW([together[0], new(Far(), Far(), Far(), Far())], step));

        AdamWTensors[] Make() => [.. kinds.Select((kind, i) => new AdamWTensors(
            Numbers(kind, i), Numbers(kind, i + 20), Numbers(kind, i + 40), Numbers(kind, i + 60).Abs()))];
        Tensor Numbers((int Count, DType DType) kind, int seed) => Tensor.Uniform([kind.Count], new Rng((ulong)seed), -1, dtype: kind.DType);
        Tensor Far() => Tensor.Ones([1], device: Device.Reference);
    }

    [Theory]
    [InlineData(0.0, false)]
    [InlineData(0.9, false)]
    [InlineData(0.9, true)]
    public void Sgd_AnyCase_EqualsReference(double momentum, bool nesterov) => Check(Cases.Any, drawn =>
    {
        foreach (DType dtype in Floats)
        {
            Tensor[] actual = Steps(Tested), expected = Steps(Reference);
            for (int i = 0; i < expected.Length; i++) Close(expected[i], actual[i], dtype == DType.F32 ? 2e-6 : 1e-14, $"output {i} {dtype} {drawn}");

            Tensor[] Steps(Backend backend)
            {
                Tensor p = Cases.Make(drawn.Shape, dtype, Lying.Contiguous, Holding.Ordinary, drawn.Seed);
                Tensor? velocity = momentum == 0 ? null : Tensor.Zeros(drawn.Shape, dtype);
                for (int step = 1; step <= 3; step++)
                {
                    Tensor g = Cases.Make(drawn.Shape, dtype, drawn.LyingB, Holding.Ordinary, drawn.Seed ^ step);
                    backend.Sgd(p, g, velocity, new SgdStep(0.1, momentum, nesterov, 0.01, 0.5));
                }
                return velocity is null ? [p] : [p, velocity];
            }
        }
    }, count: 50);
}
