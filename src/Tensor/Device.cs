using System.Diagnostics;

namespace MiniStack;

/// <summary>Where tensors live, and who computes there.</summary>
public abstract class Device
{
    private readonly Backend _backend, _profiled;

    /// <summary>A device with its backend.</summary>
    private protected Device(string name, Backend backend)
    {
        Name = name;
        (_backend, _profiled) = (backend, new ProfilingBackend(backend));
    }

    /// <summary>Main memory and fast kernels: SIMD and threads. The default.</summary>
    public static Device Cpu { get; } = new CpuDevice("cpu", new CpuBackend());

    /// <summary>Main memory and naive loops: slow, readable, and the oracle of the tests.</summary>
    public static Device Reference { get; } = new CpuDevice("reference", new ReferenceBackend());

    /// <summary>Name in messages, such as <c>cpu</c>.</summary>
    public string Name { get; }

    /// <summary>Who computes; while this thread has a <see cref="Profiler"/> open, through one that measures it.</summary>
    internal Backend Backend
    {
        [DebuggerStepThrough]
        get => Profiler.Current is null ? _backend : _profiled;
    }

    /// <summary>Rents a block with undefined content; the open <see cref="MemoryScope"/> of this thread owns it.</summary>
    internal Storage Allocate(long bytes)
    {
        Storage storage = Rent(bytes);
        MemoryScope.Adopt(storage);
        return storage;
    }

    /// <summary>Copies a tensor's elements to a new contiguous tensor in main memory, on <see cref="Cpu"/>.</summary>
    public abstract Tensor Download(Tensor tensor);

    /// <summary>Copies elements from main memory to a new contiguous tensor on this device.</summary>
    public abstract Tensor Upload(Tensor tensor);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Rents a block from the device's pool.</summary>
    private protected abstract Storage Rent(long bytes);
}

/// <summary>Main memory.</summary>
public sealed class CpuDevice : Device
{
    internal CpuDevice(string name, Backend backend)
        : base(name, backend)
    {
    }

    /// <inheritdoc/>
    public override Tensor Download(Tensor tensor) => Cpu.Upload(tensor);

    /// <inheritdoc/>
    public override Tensor Upload(Tensor tensor)
    {
        Tensor copy = Tensor.Empty(tensor.Shape, tensor.DType, this);
        Backend.Copy(tensor, copy);
        return copy;
    }

    /// <inheritdoc/>
    private protected override Storage Rent(long bytes) => CpuMemory.Guard?.Rent(this, bytes) ?? new PooledStorage(this, bytes);
}
