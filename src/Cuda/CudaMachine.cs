using System.Globalization;
using System.Text;
using ManagedCuda;
using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace MiniStack.Cuda;

/// <summary>What a machine must have for <see cref="CudaDevice"/>, and what this one has.</summary>
public sealed class CudaMachine
{
    private CudaMachine()
    {
    }

    /// <summary>The least CUDA that the driver must know: 11.0 introduced the PTX that the kernels are written in.</summary>
    public static Version LeastDriver { get; } = new(11, 0);

    /// <summary>The least compute capability of a GPU: what the kernels' PTX is made for.</summary>
    public static Version LeastCapability { get; } = new(8, 0);

    /// <summary>File names under which the driver is looked for, in this order.</summary>
    public static IReadOnlyList<string> DriverFiles => DriverLibrary.Names;

    /// <summary>The file name under which the driver was found; null when there is none.</summary>
    public string? DriverFile { get; private init; }

    /// <summary>The newest CUDA that the driver knows; null when there is no driver.</summary>
    public Version? DriverVersion { get; private init; }

    /// <summary>Why no GPU of this machine can be used, as a sentence; null when the driver is fine and has at least one.</summary>
    public string? Problem { get; private init; }

    /// <summary>What the driver lists; empty when <see cref="Problem"/> says why.</summary>
    public IReadOnlyList<CudaGpu> Gpus { get; private init; } = [];

    /// <summary>Looks at driver and GPUs. Nothing is opened, and nothing is wrong with a machine that has none.</summary>
    public static CudaMachine Look()
    {
        Version? version = null;
        try
        {
            int count = Count(ref version);
            CudaGpu[] gpus = [.. Enumerable.Range(0, count).Select(CudaGpu.Look)];
            return new CudaMachine { DriverFile = DriverLibrary.File, DriverVersion = version, Gpus = gpus };
        }
        catch (DeviceException problem)
        {
            return new CudaMachine { DriverFile = DriverLibrary.File, DriverVersion = version, Problem = problem.Message };
        }
    }

    /// <summary>How many GPUs there are: at least one.</summary>
    /// <param name="version">The driver's, as soon as it is known.</param>
    /// <exception cref="DeviceException">There is no driver, an old one, or no GPU.</exception>
    internal static int Count(ref Version? version)
    {
        if (DriverLibrary.Missing is { } missing) throw new DeviceException(missing);
        int count;
        try
        {
            version = CudaContext.GetDriverVersion();
            if (version < LeastDriver)
                throw new DeviceException(
                    $"The NVIDIA driver knows CUDA {version}, and MiniStack needs {LeastDriver}. " +
                    "Update the driver, or compute on the CPU.");
            count = CudaContext.GetDeviceCount();
        }
        catch (CudaException error) when (error.CudaError == CUResult.ErrorNoDevice)
        {
            count = 0;
        }
        catch (CudaException error)
        {
            throw new CudaDriverException(error.CudaError, "starting the driver");
        }
        return count > 0 ? count : throw new DeviceException(
            "There is a CUDA driver on this machine, but no GPU that it can use. Compute on the CPU.");
    }

    /// <exception cref="DeviceException">A device of this number cannot be there.</exception>
    internal static void Check(int ordinal)
    {
        Version? version = null;
        int count = Count(ref version);
        if ((uint)ordinal < (uint)count) return;
        throw new DeviceException(
            string.Create(CultureInfo.InvariantCulture, $"There is no GPU {ordinal}: this machine has {count}, numbered from 0."));
    }
}

/// <summary>A GPU as the driver describes it; it may be one that cannot be used.</summary>
public sealed class CudaGpu
{
    private CudaGpu()
    {
    }

    /// <summary>Its number in this machine, from 0.</summary>
    public int Ordinal { get; private init; }

    /// <summary>What its maker calls it.</summary>
    public string Model { get; private init; } = "";

    /// <summary>Its generation.</summary>
    public Version ComputeCapability { get; private init; } = new(0, 0);

    /// <summary>Streaming multiprocessors.</summary>
    public int Multiprocessors { get; private init; }

    /// <summary>Their highest clock in GHz; 0 when the driver does not tell.</summary>
    public double Gigahertz { get; private init; }

    /// <summary>All its memory in bytes.</summary>
    public long TotalBytes { get; private init; }

    /// <summary>Bytes that no program uses; null when it could not be opened to ask.</summary>
    public long? FreeBytes { get; private init; }

    /// <summary>Why it cannot be used, as a sentence; null when it can.</summary>
    public string? Problem { get; private init; }

    internal static string NameOf(int ordinal) => string.Create(CultureInfo.InvariantCulture, $"cuda:{ordinal}");

    /// <exception cref="DeviceException">It is too old for the kernels.</exception>
    internal static void Check(int ordinal, string model, Version capability)
    {
        if (capability >= CudaMachine.LeastCapability) return;
        throw new DeviceException(
            $"{NameOf(ordinal)} ({model}) has compute capability {capability}, " +
            $"and MiniStack's kernels need {CudaMachine.LeastCapability}: " +
            "a GPU of 2020 or later. Compute on the CPU.");
    }

    internal static CudaGpu Look(int ordinal)
    {
        CUdevice device = default;
        CudaErrors.Check(DeviceManagement.cuDeviceGet(ref device, ordinal), "cuDeviceGet");
        byte[] name = new byte[256];
        CudaErrors.Check(DeviceManagement.cuDeviceGetName(name, name.Length, device), "cuDeviceGetName");
        SizeT total = 0;
        CudaErrors.Check(DeviceManagement.cuDeviceTotalMem_v2(ref total, device), "cuDeviceTotalMem");
        string model = Encoding.UTF8.GetString(name).TrimEnd('\0');
        Version capability = new(Attribute(CUDeviceAttribute.ComputeCapabilityMajor), Attribute(CUDeviceAttribute.ComputeCapabilityMinor));
        (string? problem, long? free) = Try(ordinal, model, capability);
        return new CudaGpu
        {
            Ordinal = ordinal,
            Model = model,
            ComputeCapability = capability,
            Multiprocessors = Attribute(CUDeviceAttribute.MultiProcessorCount),
            Gigahertz = Attribute(CUDeviceAttribute.ClockRate) / 1e6,
            TotalBytes = total,
            FreeBytes = free,
            Problem = problem,
        };

        int Attribute(CUDeviceAttribute attribute)
        {
            int value = 0;
            CudaErrors.Check(DeviceManagement.cuDeviceGetAttribute(ref value, attribute, device), "cuDeviceGetAttribute");
            return value;
        }
    }

    /// <summary>
    /// Free memory can be asked for only by those who take part in the device's context, which a full or reserved one refuses.
    /// </summary>
    private static (string? Problem, long? Free) Try(int ordinal, string model, Version capability)
    {
        try
        {
            Check(ordinal, model, capability);
            using PrimaryContext context = new(ordinal);
            context.SetCurrent();
            return (null, context.GetFreeDeviceMemorySize());
        }
        catch (DeviceException problem)
        {
            return (problem.Message, null);
        }
        catch (CudaException error)
        {
            return (new CudaDriverException(error.CudaError, $"opening {NameOf(ordinal)}").Message, null);
        }
    }
}
