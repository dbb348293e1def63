namespace MiniStack.Cuda;

/// <summary>A block of device memory: a scope returns it to the pool, otherwise the garbage collector.</summary>
internal sealed class CudaStorage : Storage
{
    private readonly CudaMemory _memory;
    private readonly CudaBlock _block;

    public CudaStorage(CudaDevice device, long bytes)
        : base(device, bytes)
    {
        _memory = device.Memory;
        _block = _memory.Rent(bytes);
    }

    /// <summary>Runs on a thread that has no context, and perhaps while the pool is locked: it only enqueues.</summary>
    ~CudaStorage()
    {
        if (_block.Bytes > 0) _memory.ReturnLater(_block); // otherwise there was none to be had
    }

    /// <summary>The block's first byte.</summary>
    public ulong Address => _block.Address.Pointer;

    private protected override void LetGo(bool recycle)
    {
        if (!recycle) return; // the garbage collector will
        GC.SuppressFinalize(this);
        _memory.Return(_block);
    }
}
