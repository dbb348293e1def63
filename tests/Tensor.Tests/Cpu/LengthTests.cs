using System.Reflection;
using MiniStack.Operators;
using static MiniStack.Tests.AgainstReference;

namespace MiniStack.Tests;

/// <summary>
/// Every kernel of elements, rows and reductions at every length from 0 to 256, which is each remainder of each vector and
/// group several times: results are the reference's, and nothing beside the output is written.
/// </summary>
public class LengthTests
{
    private const int Longest = 256;

    // The last exchanges two axes, so it is nothing new for one.
    private static readonly Lying[] Layouts = [Lying.Contiguous, Lying.Sliced, Lying.Stepped, Lying.Transposed];

    // Methods without rows: they have tests of sizes of their own.
    private static readonly string[] Elsewhere =
    [
        "MatMul", "Linear", "LinearGelu", "Attention", "AttentionBackward", "FindOutside", "CtcLoss", "CtcLossBackward",
        // Of images: in the table of operators.
        "BatchNorm", "BatchNormBackward", "GroupNorm", "GroupNormBackward", "MaxPool2d", "Resample2d", "Conv2d", "ConvTranspose2d", "Conv2dWeightGradient",
    ];

    public static TheoryData<string> Names => [.. LengthKernels.All.Select(kernel => kernel.Method).Distinct()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Kernel_EveryLengthAndLayout_EqualsReference(string name)
    {
        foreach (LengthKernel kernel in LengthKernels.All.Where(kernel => kernel.Method == name))
        {
            int layouts = kernel.Rows == 0 ? Layouts.Length - 1 : Layouts.Length;
            foreach (DType dtype in Floats)
                for (int layout = 0; layout < layouts; layout++)
                    for (int length = kernel.Least; length <= Longest; length++)
                        Compare(kernel, dtype, Layouts[layout], Layouts[(layout + 1) % layouts], length);
        }
    }

    [Fact]
    public void Kernels_OfTheBackend_AreAllNamed()
    {
        string[] methods =
        [
            .. typeof(Backend).GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
                .Where(method => method.IsAbstract && !method.IsGenericMethod)
                .Select(method => method.Name),
            .. typeof(IUnaryOperator).Assembly.GetTypes().Where(IsOperator).Select(type => type.Name),
        ];
        Assert.Equal(methods.Order(), LengthKernels.All.Select(kernel => kernel.Method).Distinct().Concat(Elsewhere).Order());
    }

    private static bool IsOperator(Type type) => type.IsValueType &&
        type.GetInterfaces().Any(one => one == typeof(IUnaryOperator) || one == typeof(IBinaryOperator) || one == typeof(IComparison));

    private static void Compare(LengthKernel kernel, DType dtype, Lying first, Lying second, int length)
    {
        Shape shape = kernel.Rows == 0 ? [length] : [kernel.Rows, length];
        LengthCase actual = new(Tested, shape, dtype, first, second), expected = new(Reference, shape, dtype, first, second);
        kernel.Call(actual);
        kernel.Call(expected);
        string what = $"{kernel.Method} {dtype} {shape} {first}, {second}";
        double tolerance = (dtype == DType.F32 ? kernel.F32 : kernel.F64) * (kernel.Sums ? Math.Sqrt(shape.Count + 1) : 1);
        for (int i = 0; i < expected.Outputs.Count; i++) Close(expected.Outputs[i], actual.Outputs[i], tolerance, $"output {i} of {what}");
        actual.CheckGuards(what);
    }
}
