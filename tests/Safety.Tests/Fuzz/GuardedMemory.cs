using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack.Tests;

/// <summary>Puts every tensor's block between two pages that nobody may touch: a read or write outside of it ends the process at once.</summary>
/// <remarks>A block ends at its last page's end, or begins at its first page's beginning, by turns; what is left of its pages holds a pattern.
/// A block that has returned to its pool may not be touched either. What kernels rent for themselves has the pattern behind its end.</remarks>
internal sealed partial class GuardedMemory : IBlockGuard
{
    private const byte Pattern = 0xA5;
    private const long Largest = 64 << 20;

    private static readonly nint Page = Environment.SystemPageSize;

    private readonly Lock _gate = new();
    private readonly List<Block> _blocks = [];
    private readonly ConditionalWeakTable<long[], StrongBox<long>> _rented = [];
    private int _turn;

    /// <summary>Patterns that were written over.</summary>
    public int Damage { get; private set; }

    public Storage? Rent(CpuDevice device, long bytes)
    {
        if (bytes > Largest) throw new ConfigException($"A block of {bytes} bytes is more than these programs may have.");
        Block block = new(bytes, atEnd: Interlocked.Increment(ref _turn) % 2 == 0);
        lock (_gate) _blocks.Add(block);
        return new GuardedStorage(device, bytes, block);
    }

    public unsafe void Rented(long[] block, long bytes)
    {
        Span<byte> all = MemoryMarshal.AsBytes(block.AsSpan());
        all[(int)(CpuMemory.AlignedOffset(block) + bytes)..].Fill(Pattern);
        _rented.AddOrUpdate(block, new StrongBox<long>(bytes));
    }

    public void Returning(long[] block)
    {
        if (!_rented.TryGetValue(block, out StrongBox<long>? bytes)) return;
        Check(MemoryMarshal.AsBytes(block.AsSpan())[(int)(CpuMemory.AlignedOffset(block) + bytes.Value)..]);
        _rented.Remove(block);
    }

    /// <summary>Looks at all patterns and gives the memory back. Nobody may be using a tensor any more.</summary>
    public unsafe void EndProgram()
    {
        lock (_gate)
        {
            foreach (Block block in _blocks) block.Free(this);
            _blocks.Clear();
        }
    }

    private void Check(ReadOnlySpan<byte> slack)
    {
        if (slack.ContainsAnyExcept(Pattern)) Damage++;
    }

    /// <summary>Pages of the operating system: a guard, the block with its slack, a guard.</summary>
    private sealed unsafe partial class Block
    {
        private readonly nint _pages, _length;
        private readonly nint _bytes;
        private bool _closed;

        public Block(long bytes, bool atEnd)
        {
            _bytes = (nint)bytes;
            nint inside = (Math.Max(_bytes, 1) + Page - 1) / Page * Page;
            _length = inside + 2 * Page;
            _pages = Map(0, _length, ReadWrite, PrivateAnonymous, -1, 0);
            if (_pages == -1) throw new OutOfMemoryException();
            Protect(_pages, Page, 0);
            Protect(_pages + Page + inside, Page, 0);
            new Span<byte>((void*)(_pages + Page), (int)inside).Fill(Pattern);
            First = atEnd ? _pages + Page + inside - _bytes : _pages + Page;
        }

        public nint First { get; }

        /// <summary>Nobody may touch it from now on.</summary>
        public void Close(GuardedMemory memory)
        {
            LookAtSlack(memory);
            _closed = true;
            Protect(_pages, _length, 0);
        }

        public void Free(GuardedMemory memory)
        {
            if (!_closed) LookAtSlack(memory);
            Unmap(_pages, _length);
        }

        private void LookAtSlack(GuardedMemory memory)
        {
            memory.Check(new ReadOnlySpan<byte>((void*)(_pages + Page), (int)(First - _pages - Page)));
            memory.Check(new ReadOnlySpan<byte>((void*)(First + _bytes), (int)(_pages + _length - Page - First - _bytes)));
        }

        private const int ReadWrite = 3, PrivateAnonymous = 0x22;

        [LibraryImport("libc", EntryPoint = "mmap")]
        private static partial nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

        [LibraryImport("libc", EntryPoint = "mprotect")]
        private static partial int Protect(nint address, nint length, int protection);

        [LibraryImport("libc", EntryPoint = "munmap")]
        private static partial int Unmap(nint address, nint length);
    }

    private sealed unsafe class GuardedStorage(CpuDevice device, long bytes, Block block) : CpuStorage(device, bytes)
    {
        private volatile bool _gone;

        private protected override ref byte First
        {
            get
            {
                if (_gone) throw Gone();
                return ref Unsafe.AsRef<byte>((void*)block.First);
            }
        }

        private protected override void LetGo(bool recycle)
        {
            _gone = true;
            // Where somebody may still be computing with it, the garbage collector would find out; here the program's end does.
            if (recycle) block.Close((GuardedMemory)CpuMemory.Guard!);
        }
    }
}
