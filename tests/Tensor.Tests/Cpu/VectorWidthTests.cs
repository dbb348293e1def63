using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MiniStack.Operators;

namespace MiniStack.Tests;

/// <summary>
/// Which vectors the CPU backend runs with. <c>test.sh</c> runs the kernel tests again with wide vectors switched off in the
/// runtime, and says with <see cref="Expected"/> what must then be live: a switch that no longer works fails here.
/// </summary>
public class VectorWidthTests(ITestOutputHelper output)
{
    /// <summary>Bits of a vector; where it is not set, the widest that this machine has.</summary>
    private const string Expected = "MINISTACK_EXPECTED_VECTOR_BITS";

    private static readonly int Widest =
        Vector512.IsHardwareAccelerated ? 512
        : Vector256.IsHardwareAccelerated ? 256
        : 128;

    private static int ExpectedBits => Environment.GetEnvironmentVariable(Expected) is { Length: > 0 } bits
        ? int.Parse(bits, CultureInfo.InvariantCulture)
        : Widest;

    [Fact]
    public void Runtime_VectorSwitches_LeaveTheExpectedWidth()
    {
        output.WriteLine($"measured: the kernels run with {Widest}-bit vectors");
        Assert.Equal(ExpectedBits, Widest);
    }

    /// <summary>Where a kernel is chosen once, its first type argument is the vector.</summary>
    [Fact]
    public void ChosenKernels_OfCpuBackend_HaveTheExpectedWidth()
    {
        Delegate[] kernels =
        [
            .. typeof(CpuBackend).GetFields(BindingFlags.Static | BindingFlags.NonPublic)
                .Where(field => field.FieldType.IsSubclassOf(typeof(Delegate)))
                .Select(field => (Delegate)field.GetValue(null)!),
        ];
        Assert.NotEmpty(kernels);
        Assert.All(kernels, kernel => Assert.Equal(ExpectedBits, BitsOf(kernel.Method.DeclaringType!.GetGenericArguments()[0])));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void VectorWork_OfAnyPiece_HasTheExpectedWidth(int bytes)
    {
        int[] bits = new int[2];
        if (bytes == sizeof(float)) VectorWork.For<float, WidthWork<float>>(1, new(bits));
        else VectorWork.For<double, WidthWork<double>>(1, new(bits));
        Assert.Equal([ExpectedBits, ExpectedBits], bits);
    }

    [Fact]
    public void VectorLoops_OfAnyOperator_HaveTheExpectedWidth()
    {
        float[] one = [1], three = new float[3];
        VectorLoops.Map<float, WidthOperator>(one, new float[1], streams: false);
        Assert.Equal(ExpectedBits, WidthOperator.Bits);
        WidthOperator.Bits = 0;
        VectorLoops.Map<float, WidthOperator>(three, three, new float[3], streams: false);
        Assert.Equal(ExpectedBits, WidthOperator.Bits);
    }

    private static int BitsOf<TVector>() where TVector : struct => 8 * Unsafe.SizeOf<TVector>();

    private static int BitsOf(Type vector) => (int)typeof(VectorWidthTests)
        .GetMethod(nameof(BitsOf), BindingFlags.Static | BindingFlags.NonPublic, [])!.MakeGenericMethod(vector).Invoke(null, null)!;

    private readonly struct WidthWork<T>(int[] bits) : IVectorWork<T> where T : unmanaged
    {
        public void Run<TVector, TDouble>(int piece)
            where TVector : struct, IFloatVector<TVector, T>
            where TDouble : struct, IFloatVector<TDouble, double> =>
            (bits[0], bits[1]) = (BitsOf<TVector>(), BitsOf<TDouble>());
    }

    private readonly struct WidthOperator : IUnaryFormula<WidthOperator>, IBinaryFormula<WidthOperator>
    {
        public static int Bits { get; set; }

        public static double Plain(double x) => x;

        public static double Plain(double a, double b) => a;

        public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector>
        {
            Bits = BitsOf<TVector>();
            return x;
        }

        public static TVector Apply<TVector>(TVector a, TVector b) where TVector : struct, IFloatVector<TVector> => Apply(a);
    }
}
