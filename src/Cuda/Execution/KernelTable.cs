using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace MiniStack.Cuda;

/// <summary>A kernel by what it computes and on which dtypes: <c>exp_f32</c>, <c>copy_i64_f32</c>.</summary>
internal readonly record struct KernelName(string Operator, DType First, DType? Second = null)
{
    public override string ToString() => $"{Operator}_{Suffix(First)}{(Second is { } second ? $"_{Suffix(second)}" : "")}";

    private static string Suffix(DType dtype) => dtype switch
    {
        DType.F32 => "f32",
        DType.F64 => "f64",
        DType.I64 => "i64",
        DType.I32 => "i32",
        DType.F16 => "f16",
        DType.BF16 => "bf16",
        DType.U8 => "u8",
        DType.Bool => "bool",
        _ => throw new DTypeException($"There are no kernels for {dtype} on a GPU. Convert with To, for example To(DType.F32)."),
    };
}

/// <summary>The kernels of this assembly on one device. A module is compiled by the driver when its first kernel is needed.</summary>
internal sealed partial class KernelTable(CudaEngine engine)
{
    /// <summary>Which resource holds a kernel, by its name.</summary>
    private static readonly Lazy<Dictionary<string, string>> Homes = new(FindHomes);

    private readonly ConcurrentDictionary<KernelName, CUfunction> _functions = new();
    private readonly Dictionary<string, CUmodule> _modules = [];
    private readonly Lock _gate = new();

    /// <summary>Names of all kernels.</summary>
    public static IReadOnlyCollection<string> Names => Homes.Value.Keys;

    public CUfunction this[KernelName name] => _functions.TryGetValue(name, out CUfunction function) ? function : Find(name);

    private CUfunction Find(KernelName name)
    {
        string text = name.ToString();
        if (!Homes.Value.TryGetValue(text, out string? resource)) throw Missing(name);
        lock (_gate)
        {
            engine.MakeCurrent();
            if (!_modules.TryGetValue(resource, out CUmodule module))
            {
                CudaErrors.Check(ModuleManagement.cuModuleLoadData(ref module, [.. Read(resource), 0]), $"loading {resource}");
                _modules.Add(resource, module);
            }
            CUfunction function = default;
            CudaErrors.Check(ModuleManagement.cuModuleGetFunction(ref function, module, text), $"looking for {text}");
            return _functions[name] = function;
        }
    }

    private static DeviceException Missing(KernelName name) => new(
        $"{name.Operator}: MiniStack.Cuda has no kernel {name} for {name.First}{(name.Second is { } second ? $" and {second}" : "")}. " +
        "Convert them on the GPU, for example by To(DType.F32), which works for every dtype, or move them to Device.Cpu.");

    private static Dictionary<string, string> FindHomes()
    {
        Dictionary<string, string> homes = new(StringComparer.Ordinal);
        foreach (string resource in Assembly.GetExecutingAssembly().GetManifestResourceNames())
            foreach (Match entry in Entry().Matches(Encoding.ASCII.GetString(Read(resource)))) homes.Add(entry.Groups[1].Value, resource);
        return homes;
    }

    private static byte[] Read(string resource)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    [GeneratedRegex(@"\.entry\s+(\w+)")]
    private static partial Regex Entry();
}
