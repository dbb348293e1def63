using System.Text;
using System.Text.RegularExpressions;
using ManagedCuda;
using ManagedCuda.BasicTypes;
using MiniStack.Cuda;
using static ManagedCuda.DriverAPINativeMethods;

namespace MiniStack.Benchmarks.Gpu;

/// <summary>What the driver made of a kernel's PTX.</summary>
/// <param name="Name">The kernel.</param>
/// <param name="Registers">Registers of a thread.</param>
/// <param name="Spilled">Bytes of a thread that found no register and lie in memory.</param>
/// <param name="Shared">Bytes of shared memory of a block.</param>
internal sealed record GpuKernel(string Name, int Registers, int Spilled, int Shared);

/// <summary>The kernels that need the most registers: products and attention.</summary>
internal static partial class GpuKernelSection
{
    public static IEnumerable<GpuKernel> Run()
    {
        using PrimaryContext context = new(0);
        context.SetCurrent();
        foreach (string resource in (string[])["matmul.ptx", "attention.ptx"])
        {
            byte[] ptx = Read(resource);
            CUmodule module = context.LoadModulePTX(ptx);
            foreach (string name in Entry().Matches(Encoding.ASCII.GetString(ptx)).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal))
            {
                CUfunction function = new CudaKernel(name, module, context).CUFunction;
                yield return new GpuKernel(name, Ask(CUFunctionAttribute.NumRegs), Ask(CUFunctionAttribute.LocalSizeBytes), Ask(CUFunctionAttribute.SharedSizeBytes));

                int Ask(CUFunctionAttribute attribute)
                {
                    int value = 0;
                    CUResult result = FunctionManagement.cuFuncGetAttribute(ref value, attribute, function);
                    return result == CUResult.Success ? value : throw new CudaException(result);
                }
            }
        }
    }

    private static byte[] Read(string resource)
    {
        using Stream stream = typeof(CudaDevice).Assembly.GetManifestResourceStream(resource)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    [GeneratedRegex(@"\.entry\s+(\w+)")]
    private static partial Regex Entry();
}
