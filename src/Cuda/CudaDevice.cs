using ManagedCuda;

namespace MiniStack.Cuda;

/// <summary>An NVIDIA GPU: <c>model.To(CudaDevice.Open(0))</c> is all that a program needs to say.</summary>
/// <remarks>
/// Operators return before their work is done; reading a result waits for it. Each launch gives the same bits every time on the same
/// device. The NVIDIA driver is the only thing that must be installed.
/// </remarks>
public sealed class CudaDevice : Device
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<int, CudaDevice> Opened = [];

    private readonly CudaEngine _engine;

    private CudaDevice(int ordinal, PrimaryContext context, CudaEngine engine, CudaBackend backend)
        : base(CudaGpu.NameOf(ordinal), backend)
    {
        (Ordinal, _engine, Memory) = (ordinal, engine, engine.Memory);
        (Model, ComputeCapability) = (context.GetDeviceName(), context.GetDeviceComputeCapability());
        backend.Device = this;
    }

    /// <summary>Its number in this machine, from 0.</summary>
    public int Ordinal { get; }

    /// <summary>What its maker calls it, such as <c>NVIDIA H100 80GB HBM3</c>.</summary>
    public string Model { get; }

    /// <summary>Its generation, such as 9.0.</summary>
    public Version ComputeCapability { get; }

    /// <summary>The pool of its blocks, and what is in it.</summary>
    public CudaMemory Memory { get; }

    /// <summary>All its memory in bytes.</summary>
    public long TotalBytes => _engine.Capacity.Total;

    /// <summary>Bytes that no program uses.</summary>
    public long FreeBytes => _engine.Capacity.Free;

    /// <summary>
    /// When true, an operator without a kernel throws; otherwise it is computed on the CPU, and <see cref="Warn"/> is told once.
    /// False, unless the environment variable MINISTACK_CUDA_STRICT is 1.
    /// </summary>
    public bool Strict { get; set; } = Environment.GetEnvironmentVariable("MINISTACK_CUDA_STRICT") == "1";

    /// <summary>Hears of what makes work slow; writes to the error stream unless set.</summary>
    public Action<string> Warn { get; set; } = Console.Error.WriteLine;

    /// <summary>How many devices this machine has; 0 without a driver. <see cref="CudaMachine"/> says more.</summary>
    public static int Count
    {
        get
        {
            if (DriverLibrary.Missing is not null) return 0;
            try
            {
                return CudaContext.GetDeviceCount();
            }
            catch (CudaException)
            {
                return 0;
            }
        }
    }

    /// <summary>A device of this machine; the same one each time.</summary>
    /// <param name="ordinal">Its number, from 0.</param>
    /// <exception cref="DeviceException">There is no driver, an old one, no such device, or one that is too old or too full.</exception>
    public static CudaDevice Open(int ordinal = 0)
    {
        lock (Gate)
        {
            if (Opened.TryGetValue(ordinal, out CudaDevice? device)) return device;
            CudaMachine.Check(ordinal);
            try
            {
                PrimaryContext context = new(ordinal);
                CudaGpu.Check(ordinal, context.GetDeviceName(), context.GetDeviceComputeCapability());
                CudaEngine engine = new(CudaGpu.NameOf(ordinal), context);
                return Opened[ordinal] = new CudaDevice(ordinal, context, engine, new CudaBackend(engine));
            }
            catch (CudaException error)
            {
                throw new CudaDriverException(error.CudaError, $"opening {CudaGpu.NameOf(ordinal)}");
            }
        }
    }

    /// <summary>Waits until all work is done, for measurements.</summary>
    /// <exception cref="CudaDriverException">Something in it failed.</exception>
    public void Synchronize() => _engine.Synchronize();

    /// <inheritdoc/>
    public override Tensor Download(Tensor tensor)
    {
        Tensor source = tensor.Contiguous(), copy = Tensor.Empty(tensor.Shape, tensor.DType);
        Parts(copy, source, (host, address) => _engine.Staging.Download(address, host));
        return copy;
    }

    /// <inheritdoc/>
    public override Tensor Upload(Tensor tensor)
    {
        Tensor source = tensor.Contiguous(), copy = Tensor.Empty(tensor.Shape, tensor.DType, this);
        Parts(source, copy, (host, address) => _engine.Staging.Upload(host, address));
        return copy;
    }

    /// <inheritdoc/>
    private protected override Storage Rent(long bytes) => new CudaStorage(this, bytes);

    private delegate void Copy(Span<byte> host, ulong address);

    /// <summary>Contiguous elements on both sides, in parts that a span can hold.</summary>
    private static void Parts(Tensor host, Tensor device, Copy copy)
    {
        const long Part = 1 << 30;
        long bytes = host.Count * host.DType.Size(), first = host.Layout.Offset * host.DType.Size();
        ulong address = Arguments.AddressOf(device);
        for (long at = 0; at < bytes; at += Part)
            copy(((CpuStorage)host.Storage).Span<byte>(first + at, Math.Min(Part, bytes - at)), address + (ulong)at);
        GC.KeepAlive(device);
    }
}
