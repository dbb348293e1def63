using System.Globalization;
using System.Runtime.InteropServices;

namespace MiniStack.Tests;

/// <summary>Comparison of tensors, on any devices, with messages that name the first difference.</summary>
internal static class TensorAssert
{
    /// <summary>Same shape and dtype, and |expected − actual| ≤ tolerance·max(1, |expected|) everywhere; NaN equals NaN.</summary>
    public static void Close(Tensor expected, Tensor actual, double tolerance, string what = "tensors")
    {
        CheckKind(expected, actual, what);
        double[] want = expected.To(Device.Cpu).To(DType.F64).ToArray<double>(), have = actual.To(Device.Cpu).To(DType.F64).ToArray<double>();
        for (int i = 0; i < want.Length; i++)
        {
            double limit = tolerance * Math.Max(1, Math.Abs(want[i]));
            bool equal = want[i].Equals(have[i]) || want[i] == have[i]; // infinities and NaN; 0 and −0
            if (!equal && !(Math.Abs(want[i] - have[i]) <= limit)) Fail(what, expected.Shape, i, want[i], have[i], $"tolerance {Text(limit)}");
        }
    }

    /// <summary>As <see cref="Close(Tensor, Tensor, double, string)"/>, with the tolerance of the dtype.</summary>
    public static void Close(Tensor expected, Tensor actual) => Close(expected, actual, Tolerance.Of(expected.DType));

    /// <summary>Same shape and dtype, and the same bits in every element.</summary>
    public static void SameBits(Tensor expected, Tensor actual, string what = "tensors")
    {
        CheckKind(expected, actual, what);
        switch (expected.DType)
        {
            case DType.F32: SameBits<float>(expected, actual, what); break;
            case DType.F64: SameBits<double>(expected, actual, what); break;
            case DType.I64: SameBits<long>(expected, actual, what); break;
            case DType.I32: SameBits<int>(expected, actual, what); break;
            default: SameBits<bool>(expected, actual, what); break;
        }
    }

    private static void SameBits<T>(Tensor expected, Tensor actual, string what) where T : unmanaged
    {
        T[] want = expected.ToArray<T>(), have = actual.ToArray<T>();
        for (int i = 0; i < want.Length; i++)
        {
            ReadOnlySpan<byte> wantBits = MemoryMarshal.AsBytes(want.AsSpan(i, 1)), haveBits = MemoryMarshal.AsBytes(have.AsSpan(i, 1));
            if (!wantBits.SequenceEqual(haveBits)) Fail(what, expected.Shape, i, want[i], have[i], "the same bits");
        }
    }

    private static void CheckKind(Tensor expected, Tensor actual, string what)
    {
        if (expected.Shape != actual.Shape || expected.DType != actual.DType)
            Assert.Fail($"{what}: expected {expected.DType} {expected.Shape}, but found {actual.DType} {actual.Shape}.");
    }

    private static void Fail(string what, Shape shape, int flat, object want, object have, string rule)
    {
        int[] index = new int[shape.Rank];
        for (int axis = shape.Rank - 1, rest = flat; axis >= 0; rest /= shape[axis--]) index[axis] = rest % shape[axis];
        Assert.Fail($"{what}: element [{string.Join(", ", index)}] of {shape} should be {Text(want)}, but is {Text(have)} ({rule}).");
    }

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
