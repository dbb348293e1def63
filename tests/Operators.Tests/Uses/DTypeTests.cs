namespace MiniStack.Tests;

/// <summary>What the dtypes promise: conversion, promotion, overflow, NaN.</summary>
public class DTypeTests
{
    [Theory]
    [InlineData(DType.Bool, DType.U8, DType.U8)]
    [InlineData(DType.U8, DType.I32, DType.I32)]
    [InlineData(DType.I32, DType.I64, DType.I64)]
    [InlineData(DType.I64, DType.F16, DType.F16)]
    [InlineData(DType.F16, DType.F32, DType.F32)]
    [InlineData(DType.F16, DType.BF16, DType.F32)]
    [InlineData(DType.BF16, DType.F64, DType.F64)]
    [InlineData(DType.F32, DType.F32, DType.F32)]
    public void Promote_TwoDTypes_GivesTheOneThatHoldsBoth(DType a, DType b, DType expected)
    {
        Assert.Equal(expected, DTypes.Promote(a, b));
        Assert.Equal(expected, DTypes.Promote(b, a));
    }

    [Fact]
    public void Integers_Overflow_WrapsAround()
    {
        Assert.Equal([int.MinValue], (Tensor.CopyOf([int.MaxValue]) + Tensor.CopyOf([1])).ToArray<int>());
        Assert.Equal([long.MinValue], (Tensor.CopyOf([long.MaxValue]) + Tensor.CopyOf([1L])).ToArray<long>());
        Assert.Equal([(byte)4], (Tensor.CopyOf([(byte)250]) + Tensor.CopyOf([(byte)10])).ToArray<byte>());
        Assert.Equal([(byte)246], (Tensor.CopyOf([(byte)0]) - Tensor.CopyOf([(byte)10])).ToArray<byte>());
        Assert.Equal([int.MinValue], Tensor.CopyOf([int.MinValue]).Abs().ToArray<int>());
        Assert.Equal([int.MinValue], Tensor.CopyOf([int.MinValue]).Negate().ToArray<int>());
    }

    [Fact]
    public void Sum_OfBytes_IsAddedAsI64() => Assert.Equal(255L * 1000, Tensor.Full([1000], 255, DType.U8).Sum().Item<long>());

    [Theory]
    [InlineData(-3.7f, -3L, -3, (byte)0)]
    [InlineData(3.7f, 3L, 3, (byte)3)]
    [InlineData(300f, 300L, 300, (byte)255)]
    [InlineData(1e20f, long.MaxValue, int.MaxValue, (byte)255)]
    [InlineData(-1e20f, long.MinValue, int.MinValue, (byte)0)]
    [InlineData(float.NaN, 0L, 0, (byte)0)]
    public void To_FloatToInteger_CutsAndStopsAtTheLimits(float value, long i64, int i32, byte u8)
    {
        foreach (Device device in new[] { Device.Cpu, Device.Reference })
        {
            Tensor x = Tensor.Full([37], value).To(device);
            Assert.All(x.To(DType.I64).ToArray<long>(), actual => Assert.Equal(i64, actual));
            Assert.All(x.To(DType.I32).ToArray<int>(), actual => Assert.Equal(i32, actual));
            Assert.All(x.To(DType.U8).ToArray<byte>(), actual => Assert.Equal(u8, actual));
        }
    }

    [Fact]
    public void To_WiderIntegerToNarrower_KeepsTheLowBits()
    {
        Assert.Equal([(byte)44], Tensor.CopyOf([300L]).To(DType.U8).ToArray<byte>());
        Assert.Equal([-1], Tensor.CopyOf([0xFFFFFFFFL]).To(DType.I32).ToArray<int>());
        Assert.Equal([true, false], Tensor.CopyOf([(byte)7, (byte)0]).To(DType.Bool).ToArray<bool>());
        Assert.Equal([(byte)1, (byte)0], Tensor.CopyOf([true, false]).To(DType.U8).ToArray<byte>());
    }

    [Fact]
    public void To_BF16_EveryUpperHalfIsKeptAndTiesGoToEven()
    {
        // All 65536 numbers come back as they were.
        float[] all = [.. Enumerable.Range(0, 1 << 16).Select(bits => (float)new BFloat16((ushort)bits))];
        float[] back = Tensor.CopyOf(all).To(DType.BF16).To(DType.F32).ToArray<float>();
        for (int i = 0; i < all.Length; i++) Assert.True(float.IsNaN(all[i]) ? float.IsNaN(back[i]) : BitConverter.SingleToInt32Bits(all[i]) == BitConverter.SingleToInt32Bits(back[i]), $"{i:X}");
        // And vectors round as the scalar conversion does: halfway, just below, just above, and random bits.
        Rng rng = new(1);
        float[] values = [1.00390625f, 1.01171875f, 1.0039061f, 1.0039064f, float.MaxValue, -float.MaxValue, float.Epsilon, .. Enumerable.Range(0, 4001).Select(_ => BitConverter.UInt32BitsToSingle(rng.NextUInt32()))];
        BFloat16[] rounded = Tensor.CopyOf(values).To(DType.BF16).ToArray<BFloat16>();
        for (int i = 0; i < values.Length; i++) Assert.Equal(((BFloat16)values[i]).Bits, rounded[i].Bits);
        Assert.Equal(1f, (float)(BFloat16)1.00390625f);
        Assert.Equal(1.015625f, (float)(BFloat16)1.01171875f);
        Assert.True(float.IsPositiveInfinity((BFloat16)float.MaxValue));
    }

    [Fact]
    public void To_F16_EveryNumberIsKept()
    {
        Half[] all = [.. Enumerable.Range(0, 1 << 16).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits))];
        Half[] back = Tensor.CopyOf(all).To(DType.F32).To(DType.F16).ToArray<Half>();
        for (int i = 0; i < all.Length; i++) Assert.True(all[i].Equals(back[i]), $"{i:X}");
        Assert.True(Half.IsPositiveInfinity(Tensor.CopyOf([65520f]).To(DType.F16).Item<Half>()));
        Assert.Equal((Half)65504f, Tensor.CopyOf([65519f]).To(DType.F16).Item<Half>());
    }

    [Fact]
    public void Halves_AreComputedInF32_AndRoundedOnce()
    {
        // 2048 + 1 is no F16, but the sum of many ones is found before it is rounded.
        Assert.Equal(4096, Tensor.Ones([4096], DType.F16).Sum().Item());
        // 300² leaves F16 in between, its root does not: an operator that squares inside must not overflow.
        Tensor x = Tensor.Full([1, 8], 300, DType.F16), weight = Tensor.Ones([8], DType.F16);
        Assert.All(x.RmsNorm(weight).To(DType.F32).ToArray<float>(), y => Assert.Equal(1f, y));
    }

    [Theory]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public void CrossEntropy_OfHalves_IsAsExactAsThatOfTheSameNumbersInF32(DType dtype)
    {
        Tensor logits = Tensor.Normal([7, 67], new Rng(1), 0, 3).To(dtype), targets = Tensor.Arange(7);
        CrossEntropyOptions smoothed = new() { LabelSmoothing = 0.1, IgnoreIndex = 3 };
        foreach (Func<Variable, Variable> loss in (Func<Variable, Variable>[])[x => x.CrossEntropy(targets), x => x.CrossEntropy(targets, smoothed)])
        {
            foreach (bool createGraph in (bool[])[false, true])
            {
                using Tape tape = Tape.Begin();
                Variable half = Variable.Watch(logits), wide = Variable.Watch(logits.To(DType.F32));
                Variable y = loss(half), expected = loss(wide);
                Assert.Equal(DType.F32, y.Value.DType);
                Assert.Equal(expected.Item(), y.Item());
                Variable dx = tape.Grad(y, half, createGraph), dwide = tape.Grad(expected, wide, createGraph);
                Assert.Equal(dtype, dx.Value.DType);
                Assert.Equal(dwide.Value.To(dtype).To(DType.F32).ToArray<float>(), dx.Value.To(DType.F32).ToArray<float>());
            }
        }
    }

    [Theory]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public void Norms_OfHalves_KeepTheirStatisticsInF32(DType dtype)
    {
        Tensor values = Tensor.Normal([4, 6, 10], new Rng(2), 3, 0.7).To(dtype), gradient = Tensor.Normal([4, 6, 10], new Rng(3)).To(dtype);
        Func<Variable, Variable>[] norms =
        [
            x => x.LayerNorm(new Variable(Tensor.Ones([10], x.Value.DType))),
            x => x.RmsNorm(new Variable(Tensor.Ones([10], x.Value.DType))),
            x => x.GroupNorm(2),
            x => x.BatchNorm(null, null, null, null, training: true),
        ];
        foreach (Func<Variable, Variable> norm in norms)
        {
            using Tape tape = Tape.Begin();
            Variable half = Variable.Watch(values), wide = Variable.Watch(values.To(DType.F32));
            Variable dx = tape.Grad([norm(half)], [half], [gradient])[0], dwide = tape.Grad([norm(wide)], [wide], [gradient.To(DType.F32)])[0];
            // Rounded once, at the end; statistics rounded to 8 bits would show in every number.
            Assert.Equal(dwide.Value.To(dtype).To(DType.F32).ToArray<float>(), dx.Value.To(DType.F32).ToArray<float>());
        }
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public void NaN_Compared_IsEqualToNothingAndBelowNothing(DType dtype)
    {
        Tensor nan = Tensor.Full([3], double.NaN, dtype), one = Tensor.Ones([3], dtype);
        Assert.All(new[] { nan.Equal(nan), nan.Less(one), one.Less(nan), nan.LessOrEqual(nan), nan.Greater(one), nan.GreaterOrEqual(nan) }, y => Assert.Equal([false, false, false], y.ToArray<bool>()));
        Assert.Equal([true, true, true], nan.NotEqual(nan).ToArray<bool>());
        Assert.All(new[] { nan.Maximum(one), one.Minimum(nan), nan.Clamp(0, 1), nan.Sign(), nan.Relu(), nan.Max().Expand([3]) }, y => Assert.All(y.To(DType.F64).ToArray<double>(), v => Assert.True(double.IsNaN(v))));
    }

    [Fact]
    public void Division_ByZero_IsInfiniteForFloatsAndRefusedForIntegers()
    {
        Assert.Equal([float.PositiveInfinity, float.NegativeInfinity, float.NaN], (Tensor.CopyOf([1f, -1, 0]) / Tensor.CopyOf([0f, 0, 0])).ToArray<float>());
        Assert.Equal("Divide: works on floats, not on I64. Convert with To(DType.F32).", Assert.Throws<DTypeException>(() => Tensor.Arange(2) / Tensor.Arange(2)).Message);
    }

    [Fact]
    public void Print_SixteenBits_ShowsTheNumbers()
    {
        Assert.Equal("Tensor(2) BF16\n[  1.5, -2.25]", Tensor.CopyOf([1.5f, -2.25f]).To(DType.BF16).ToString());
        Assert.Equal("Tensor(2) U8\n[  7, 255]", Tensor.CopyOf([(byte)7, (byte)255]).ToString());
        Assert.Equal(0.0999755859375, Tensor.Scalar(0.1, DType.F16).Item());
    }

    [Theory]
    [InlineData(50_000, 50_000)]
    [InlineData(int.MaxValue, 2)]
    public void Sizes_BeyondOneBlock_AreRefusedBeforeAnythingIsAllocated(int rows, int columns)
    {
        ShapeException error = Assert.Throws<ShapeException>(() => Tensor.Zeros([1, 1]).Expand([rows, columns]).Contiguous());
        Assert.Contains("one tensor holds at most 2,147,483,591", error.Message);
    }
}
