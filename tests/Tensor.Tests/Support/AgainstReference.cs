using FsCheck;
using FsCheck.Fluent;

namespace MiniStack.Tests;

/// <summary>Runs one backend method on the device under test and on the reference, and compares what they wrote.</summary>
internal static class AgainstReference
{
    public static Backend Tested => DeviceUnderTest.Backend;

    public static readonly Backend Reference = Device.Reference.Backend;

    public static readonly DType[] Floats = [DType.F32, DType.F64];

    public static readonly DType[] Numbers = [DType.F32, DType.F64, DType.I64, DType.I32];

    public static readonly DType[] All = [DType.F32, DType.F64, DType.I64, DType.I32, DType.Bool];

    /// <summary>y = f(x): <paramref name="f32"/> and <paramref name="f64"/> bound the error relative to max(1, |y|).</summary>
    public static void Unary(
        DType[] dtypes, Action<Backend, Tensor, Tensor> f, double f32 = 0, double f64 = 0, double largest = double.PositiveInfinity) => Check(Cases.Any, drawn =>
    {
        foreach (DType dtype in dtypes)
        {
            Tensor x = Cases.Make(drawn.Shape, dtype, drawn.LyingA, drawn.Holding, drawn.Seed);
            if (double.IsFinite(largest))
            {
                Tensor limited = x.Maximum(x.ScalarLike(-largest)).Minimum(x.ScalarLike(largest));
                x = x.Layout.Overlaps ? limited : x.CopyFrom(limited); // into its own layout, where that can be written
            }
            Compare(drawn.Shape, dtype, (backend, y) => f(backend, x, y), f32, f64, $"{dtype} {drawn}");
        }
    });

    /// <summary>y = f(a, b), with y of <paramref name="result"/> or of the inputs' dtype.</summary>
    public static void Binary(
        DType[] dtypes, Action<Backend, Tensor, Tensor, Tensor> f, double f32 = 0, double f64 = 0, DType? result = null) => Check(Cases.Any, drawn =>
    {
        foreach (DType dtype in dtypes)
        {
            Tensor a = Cases.Make(drawn.Shape, dtype, drawn.LyingA, drawn.Holding, drawn.Seed);
            Tensor b = Cases.Make(drawn.Shape, dtype, drawn.LyingB, drawn.Holding, drawn.Seed ^ 1);
            Compare(drawn.Shape, result ?? dtype, (backend, y) => f(backend, a, b, y), f32, f64, $"{dtype} {drawn}");
        }
    });

    public static void Check(Arbitrary<Case> cases, Action<Case> test, int count = 100)
    {
        _ = Tested; // where it is missing, the test is skipped before any case is drawn
        Prop.ForAll(cases, test).Check(Config.QuickThrowOnFailure.WithMaxTest(DeviceUnderTest.Cases(count)));
    }

    /// <summary>Runs <paramref name="f"/> on both backends, each with an output of its own.</summary>
    public static void Compare(
        Shape shape, DType dtype, Action<Backend, Tensor> f, double f32 = 0, double f64 = 0, string what = "")
    {
        Tensor actual = Tensor.Full(shape, 77, dtype), expected = Tensor.Full(shape, 77, dtype);
        f(Tested, actual);
        f(Reference, expected);
        Close(expected, actual, dtype == DType.F64 ? f64 : f32, what);
    }

    /// <summary>|actual − expected| ≤ tolerance·max(1, |expected|); NaN and infinities must agree, and integers be equal.</summary>
    public static void Close(Tensor expected, Tensor actual, double tolerance, string what = "")
    {
        if (expected.DType.IsInteger())
        {
            Assert.Equal(expected.To(DType.I64).ToArray<long>(), actual.To(DType.I64).ToArray<long>());
            return;
        }
        tolerance = Math.Max(tolerance, DeviceUnderTest.LeastTolerance(expected.DType));
        double[] wanted = Doubles(expected), got = Doubles(actual);
        for (int i = 0; i < wanted.Length; i++)
        {
            bool same = wanted[i].Equals(got[i]) || wanted[i] == got[i];
            if (same || Math.Abs(wanted[i] - got[i]) <= tolerance * Math.Max(1, Math.Abs(wanted[i]))) continue;
            Assert.Fail($"{what}: element {i} of {wanted.Length} is {got[i]:R}, expected {wanted[i]:R} within {tolerance}.");
        }
    }

    /// <summary>Runs <paramref name="f"/> with 1, 2 and 4 threads; the outputs must have equal bits.</summary>
    public static void SameBitsForAnyThreads(Func<Tensor[]> f)
    {
        int before = CpuThreads.Count;
        try
        {
            byte[][]? first = null;
            foreach (int threads in (int[])[1, 2, 4])
            {
                CpuThreads.Count = threads;
                byte[][] bits = f().Select(Bits).ToArray();
                first ??= bits;
                Assert.Equal(first, bits);
            }
        }
        finally
        {
            CpuThreads.Count = before;
        }
    }

    /// <summary>The bytes of all elements in row-major order.</summary>
    public static byte[] Bits(Tensor tensor) => tensor.DType switch
    {
        DType.F32 => System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(tensor.ToArray<float>()).ToArray(),
        DType.F64 => System.Runtime.InteropServices.MemoryMarshal.AsBytes<double>(tensor.ToArray<double>()).ToArray(),
        DType.I64 => System.Runtime.InteropServices.MemoryMarshal.AsBytes<long>(tensor.ToArray<long>()).ToArray(),
        DType.I32 => System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(tensor.ToArray<int>()).ToArray(),
        _ => tensor.ToArray<bool>().Select(value => (byte)(value ? 1 : 0)).ToArray(),
    };

    /// <summary>The elements as F64, read by the reference loops.</summary>
    public static double[] Doubles(Tensor tensor)
    {
        Cells cells = new(tensor);
        double[] values = new double[tensor.Count];
        for (int i = 0; i < values.Length; i++) values[i] = cells[i];
        return values;
    }
}
