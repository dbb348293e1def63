using System.Collections.Concurrent;
using System.Numerics;
using ManagedCuda.BasicTypes;

namespace MiniStack.Cuda;

/// <summary>
/// The pool of one device's blocks: the driver's own allocation waits for the whole device, so a step should rent only what came back.
/// </summary>
/// <remarks>
/// Sizes are rounded up to eight classes per power of two: at most 12.5 % is wasted. Work is done in the order of one stream, so a block
/// can be rented again as soon as it is returned, while the kernels that used it still run.
/// </remarks>
public sealed class CudaMemory
{
    private const long Smallest = 512;
    private const int ClassesPerOctave = 8;
    private const long FirstMark = 256L << 20;

    private readonly CudaEngine _engine;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Stack<CUdeviceptr>> _free = [];
    private readonly ConcurrentQueue<CudaBlock> _collected = new();
    private long _freshBlocks, _freeBytes, _rentedBytes, _peakBytes, _mark = FirstMark;

    internal CudaMemory(CudaEngine engine) => _engine = engine;

    /// <summary>How many blocks had to be allocated because the pool had none of that size. Constant in a steady state.</summary>
    public long FreshBlocks => Interlocked.Read(ref _freshBlocks);

    /// <summary>Bytes that wait in the pool.</summary>
    public long FreeBytes => Interlocked.Read(ref _freeBytes);

    /// <summary>Bytes that tensors hold.</summary>
    public long RentedBytes => Interlocked.Read(ref _rentedBytes);

    /// <summary>The most bytes that tensors ever held together.</summary>
    public long PeakBytes => Interlocked.Read(ref _peakBytes);

    /// <summary>Gives all waiting blocks back to the driver, for other programs; waits for the device.</summary>
    public void Trim()
    {
        lock (_gate)
        {
            Drain();
            FreeAll();
        }
    }

    /// <summary>A block from the pool, or a new one when it has none of the size.</summary>
    /// <exception cref="CudaMemoryException">The device has not enough memory, even without what waits in the pool.</exception>
    internal CudaBlock Rent(long bytes)
    {
        long size = ClassSize(bytes);
        lock (_gate)
        {
            if (!_collected.IsEmpty) Drain();
            if (TryReuse(size, out CudaBlock block)) return block;
        }
        // Without scopes the garbage collector is the only one who returns blocks, and it does not see how full the device is.
        if (RentedBytes + FreeBytes + size > _mark) CollectGarbage();
        lock (_gate)
        {
            Drain();
            _mark = Math.Max(_mark, 2 * (_rentedBytes + size));
            return TryReuse(size, out CudaBlock block) ? block : Grow(bytes, size);
        }
    }

    internal void Return(CudaBlock block)
    {
        lock (_gate) Take(block);
    }

    /// <summary>For finalizers, which may not call the driver: the next who rents takes the block back.</summary>
    internal void ReturnLater(CudaBlock block) => _collected.Enqueue(block);

    private CudaBlock Grow(long bytes, long size)
    {
        if (!TryAllocate(size, out CUdeviceptr address))
        {
            // What waits has the wrong sizes; what the garbage collector would find waits as well.
            CollectGarbage();
            Drain();
            FreeAll();
            if (!TryAllocate(size, out address)) throw _engine.OutOfMemory(bytes, this);
        }
        _freshBlocks++;
        return Lend(new CudaBlock(address, size));
    }

    private bool TryAllocate(long size, out CUdeviceptr address)
    {
        address = default;
        _engine.MakeCurrent();
        CUResult result = ManagedCuda.DriverAPINativeMethods.MemoryManagement.cuMemAlloc_v2(ref address, size);
        if (result == CUResult.ErrorOutOfMemory) return false;
        CudaErrors.Check(result, "cuMemAlloc");
        return true;
    }

    private bool TryReuse(long size, out CudaBlock block)
    {
        block = default;
        if (!_free.TryGetValue(size, out Stack<CUdeviceptr>? stack) || !stack.TryPop(out CUdeviceptr address)) return false;
        _freeBytes -= size;
        block = Lend(new CudaBlock(address, size));
        return true;
    }

    private CudaBlock Lend(CudaBlock block)
    {
        _rentedBytes += block.Bytes;
        _peakBytes = Math.Max(_peakBytes, _rentedBytes);
        return block;
    }

    private void Take(CudaBlock block)
    {
        if (!_free.TryGetValue(block.Bytes, out Stack<CUdeviceptr>? stack)) _free.Add(block.Bytes, stack = new Stack<CUdeviceptr>());
        stack.Push(block.Address);
        _freeBytes += block.Bytes;
        _rentedBytes -= block.Bytes;
    }

    private void Drain()
    {
        while (_collected.TryDequeue(out CudaBlock block)) Take(block);
    }

    private void FreeAll()
    {
        if (_freeBytes == 0) return;
        _engine.Synchronize();
        foreach (CUdeviceptr address in _free.Values.SelectMany(stack => stack))
            CudaErrors.Check(ManagedCuda.DriverAPINativeMethods.MemoryManagement.cuMemFree_v2(address), "cuMemFree");
        _free.Clear();
        _freeBytes = 0;
    }

    private static void CollectGarbage()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static long ClassSize(long bytes)
    {
        long wanted = Math.Max(bytes, Smallest);
        long step = Math.Max(Smallest, (long)BitOperations.RoundUpToPowerOf2((ulong)wanted) / 2 / ClassesPerOctave);
        return (wanted + step - 1) / step * step;
    }
}

/// <summary>A block of device memory.</summary>
/// <param name="Address">Its first byte, on a boundary of at least 256 bytes.</param>
/// <param name="Bytes">Its size, that of its class.</param>
internal readonly record struct CudaBlock(CUdeviceptr Address, long Bytes);
