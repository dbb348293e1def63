using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>The pool of CPU blocks. Fresh pages cost more than most operators, so a step should rent only what came back.</summary>
/// <remarks>
/// <para>Blocks are pinned arrays (no GC handle, never moved), over-allocated by 64 bytes so that data starts on a cache
/// line. Sizes are rounded up to eight classes per power of two: at most 12.5 % is wasted. A block that no scope owns
/// does not come from the pool and dies with its tensor, by the garbage collector.</para>
/// <para>Blocks age: those that nobody has needed while the whole pool was rented some sixteen times over, because a model or a length of
/// sequences is not used any more, go back to the garbage collector; and all that wait do when the machine runs short of memory.</para>
/// </remarks>
public static class CpuMemory
{
    private const int Alignment = 64;
    private const int ClassesPerOctave = 8;

    /// <summary>
    /// How often the pool's bytes are rented before what was not needed is let go: some steps of training. Sooner while blocks had
    /// to be allocated, because then the work has changed: another model, or longer sequences.
    /// </summary>
    private const int TurnsToAge = 16, TurnsAfterChange = 2;

    private const long SmallPool = 64 << 20, MuchGarbage = 64 << 20, HugeGarbage = 512 << 20;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<int, Waiting> Free = [];
    private static long _freeBytes;
    private static long _freshBlocks;
    private static long _rentedBytes;
    private static long _turnover, _mostFree; // since blocks were last let go
    private static bool _changed, _changedBefore; // blocks were allocated since then, and in the turns before

    static CpuMemory() => LowMemory.Watch();

    /// <summary>How many blocks had to be allocated because the pool had none of that size. Constant in a steady state.</summary>
    public static long FreshBlocks => Interlocked.Read(ref _freshBlocks);

    /// <summary>Bytes that wait in the pool.</summary>
    public static long FreeBytes => Interlocked.Read(ref _freeBytes);

    /// <summary>Bytes rented and not returned; a block that was kept beyond its scope counts until process end.</summary>
    internal static long RentedBytes => Interlocked.Read(ref _rentedBytes);

    /// <summary>Told of every block, so that a test can put guards around it; null otherwise.</summary>
    internal static IBlockGuard? Guard { get; set; }

    /// <summary>Gives all waiting blocks to the garbage collector.</summary>
    public static void Trim()
    {
        lock (Gate)
        {
            Free.Clear();
            (_freeBytes, _turnover, _mostFree) = (0, 0, 0);
        }
    }

    /// <summary>A new block that will not return.</summary>
    internal static long[] Allocate(long bytes) => GC.AllocateUninitializedArray<long>(ClassSize(bytes), pinned: true);

    /// <summary>A block from the pool, or a new one when it has none of the size.</summary>
    internal static long[] Rent(long bytes)
    {
        int words = ClassSize(bytes);
        long[]? block = null;
        long garbage = 0;
        lock (Gate)
        {
            _rentedBytes += words * 8L;
            _turnover += words * 8L;
            if (Free.TryGetValue(words, out Waiting? waiting) && waiting.TryTake(out block)) _freeBytes -= words * 8L;
            else (_freshBlocks, _changed) = (_freshBlocks + 1, true);
            int turns = _changed || _changedBefore ? TurnsAfterChange : TurnsToAge;
            if (_turnover > turns * Math.Max(_mostFree, SmallPool)) garbage = Age();
        }
        // Only a collection of the oldest generation finds pinned arrays; without large allocations it may be far off.
        // Much of it is worth a pause of some 20 ms, after which the system has the pages back.
        if (garbage > HugeGarbage) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        else if (garbage > MuchGarbage) GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        block ??= GC.AllocateUninitializedArray<long>(words, pinned: true);
        Guard?.Rented(block, bytes);
        return block;
    }

    internal static void Return(long[] block)
    {
        Guard?.Returning(block);
        lock (Gate)
        {
            if (!Free.TryGetValue(block.Length, out Waiting? waiting)) Free.Add(block.Length, waiting = new Waiting());
            waiting.Add(block);
            _freeBytes += block.Length * 8L;
            _rentedBytes -= block.Length * 8L;
            _mostFree = Math.Max(_mostFree, _freeBytes);
        }
    }

    /// <summary>Notes that a block will not come back: somebody may still be using it.</summary>
    internal static void Forget(long[] block)
    {
        Guard?.Returning(block);
        lock (Gate) _rentedBytes -= block.Length * 8L;
    }

    /// <summary>Bytes from the array's start to its first 64-byte boundary. Pinned arrays do not move, so it stays true.</summary>
    internal static unsafe nint AlignedOffset(long[] block)
    {
        nint start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(block));
        return (-start) & (Alignment - 1);
    }

    /// <summary>Lets go of the blocks that waited all the time since this was last done; returns their bytes.</summary>
    private static long Age()
    {
        long garbage = 0;
        foreach ((int words, Waiting waiting) in Free) garbage += waiting.Age() * 8L * words;
        _freeBytes -= garbage;
        (_turnover, _mostFree) = (0, _freeBytes);
        (_changedBefore, _changed) = (_changed, false);
        return garbage;
    }

    /// <summary>Words of 8 bytes to allocate for a request, alignment slack included.</summary>
    private static int ClassSize(long bytes)
    {
        long words = (Math.Max(bytes, 1) + Alignment + 7) / 8;
        if (words <= 64) return (int)((words + 7) & ~7);
        long step = Math.Max(8, (long)BitOperations.RoundUpToPowerOf2((ulong)words) / 2 / ClassesPerOctave);
        long rounded = (words + step - 1) / step * step;
        if (rounded > Array.MaxLength)
        {
            throw new ConfigException(string.Create(
                CultureInfo.InvariantCulture,
                $"A block of {bytes:N0} bytes is larger than one CPU block can be ({Array.MaxLength * 8L:N0} bytes). " +
                $"Make the tensor smaller, for example with a smaller batch or context."));
        }
        return (int)rounded;
    }

    /// <summary>The waiting blocks of one size, the one that was used last on top.</summary>
    private sealed class Waiting
    {
        private readonly List<long[]> _blocks = [];
        private int _fewest; // that waited at once since the last ageing: so many nobody needed

        public void Add(long[] block) => _blocks.Add(block);

        public bool TryTake(out long[]? block)
        {
            block = null;
            if (_blocks.Count == 0) return false;
            block = _blocks[^1];
            _blocks.RemoveAt(_blocks.Count - 1);
            _fewest = Math.Min(_fewest, _blocks.Count);
            return true;
        }

        public int Age()
        {
            int unused = _fewest;
            _blocks.RemoveRange(0, unused);
            _fewest = _blocks.Count;
            return unused;
        }
    }

    /// <summary>
    /// Empties the pool when a full collection finds that the machine is short of memory. Its finalizer runs after each collection.
    /// </summary>
    private sealed class LowMemory
    {
        private LowMemory()
        {
        }

        ~LowMemory()
        {
            if (Environment.HasShutdownStarted) return;
            GCMemoryInfo info = GC.GetGCMemoryInfo(GCKind.FullBlocking);
            GCMemoryInfo background = GC.GetGCMemoryInfo(GCKind.Background);
            GCMemoryInfo last = info.Index > background.Index ? info : background;
            if (last.MemoryLoadBytes > 0 && last.MemoryLoadBytes >= last.HighMemoryLoadThresholdBytes) Trim();
            GC.ReRegisterForFinalize(this);
        }

        public static void Watch() => _ = new LowMemory();
    }
}

/// <summary>Puts guards around blocks of memory: how tests see that nobody reads or writes outside of them.</summary>
internal interface IBlockGuard
{
    /// <summary>A block in place of the pool's, for a tensor; null for an ordinary one.</summary>
    Storage? Rent(CpuDevice device, long bytes);

    /// <summary>A block was rented, of which <paramref name="bytes"/> from its first 64-byte boundary on may be used.</summary>
    void Rented(long[] block, long bytes);

    /// <summary>A block is not used any more.</summary>
    void Returning(long[] block);
}
