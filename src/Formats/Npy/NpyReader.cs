using System.Buffers.Binary;

namespace MiniStack.Formats;

/// <summary>Reads one array: a prologue, a header, and the elements, whose number is checked before memory is taken for them.</summary>
internal static class NpyReader
{
    /// <summary>How every array begins; the version follows, and the length of the header.</summary>
    public static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>How every archive begins: its first entry, or its end when it has none.</summary>
    public static bool IsArchive(ReadOnlySpan<byte> start) => start.StartsWith("PK\x3\x4"u8) || start.StartsWith("PK\x5\x6"u8);

    private const int ShortPrologue = 10, LongPrologue = 12;

    /// <summary>Reads an array into memory that outlives every <see cref="MemoryScope"/>.</summary>
    public static Tensor Read(NpySource source, Device? device)
    {
        NpyHeader header = ReadHeader(source);
        CheckSize(source, header);
        using MemoryScope persistent = MemoryScope.Persistent();
        Device memory = device as CpuDevice ?? Device.Cpu;
        Tensor tensor = header.FortranOrder ? ReadColumns(source, header, memory) : ReadRows(source, header, header.Shape, memory);
        return tensor.To(device ?? Device.Cpu);
    }

    private static NpyHeader ReadHeader(NpySource source)
    {
        if (source.Length < ShortPrologue)
            throw source.Damaged($"it has {source.Length} bytes, and the start of an array alone takes {ShortPrologue}");
        Span<byte> prologue = stackalloc byte[LongPrologue];
        source.Read(prologue[..ShortPrologue]);
        if (!prologue.StartsWith(Magic))
        {
            throw source.Refused(IsArchive(prologue) && !source.IsEntry
                ? "it is an archive of several arrays (.npz). Use Npz.Load."
                : "it does not begin as NumPy's arrays do. This is no .npy file, or it is damaged: check where it comes from.");
        }
        (int major, int minor) = (prologue[6], prologue[7]);
        if (major is < 1 or > 3 || minor != 0)
        {
            throw source.Refused(
                $"it has version {major}.{minor} of the format, and MiniStack reads 1.0, 2.0 and 3.0. Save it again with numpy.save.");
        }
        long headerBytes = BinaryPrimitives.ReadUInt16LittleEndian(prologue[8..]);
        if (major > 1)
        {
            if (source.Length < LongPrologue)
                throw source.Damaged($"it has {source.Length} bytes, and the start of an array alone takes {LongPrologue}");
            source.Read(prologue[ShortPrologue..]);
            headerBytes = BinaryPrimitives.ReadUInt32LittleEndian(prologue[8..]);
        }
        if (headerBytes > NpyLimits.HeaderBytes)
            throw source.Damaged($"its header has {headerBytes} bytes, and {NpyLimits.HeaderBytes} are the limit, as in NumPy");
        long rest = source.Length - source.Position;
        if (headerBytes > rest)
            throw source.Damaged($"it is cut short: the header has {headerBytes} bytes, but only {rest} follow its length");
        int start = (int)source.Position;
        byte[] text = new byte[headerBytes];
        source.Read(text);
        return new NpyHeaderReader(source, text, start).Read();
    }

    /// <summary>The elements must be exactly what follows the header, counted in 128 bits, which cannot overflow.</summary>
    private static void CheckSize(NpySource source, NpyHeader header)
    {
        UInt128 needed = (UInt128)header.Shape.Count * (uint)header.DType.Size();
        long rest = source.Length - source.Position;
        if (needed > (UInt128)rest)
        {
            throw source.Damaged(
                $"it is cut short: shape {header.Shape} of {header.DType} needs {needed} bytes, but only {rest} follow the header");
        }
        if (needed < (UInt128)rest) throw source.Damaged($"{rest - (long)needed} bytes follow the array, where the file must end");
        if (header.Shape.Count > Array.MaxLength)
        {
            throw source.Refused(
                $"it has {header.Shape.Count} elements; one tensor holds at most {Array.MaxLength}. Split it along an axis and save the " +
                "file again.");
        }
    }

    private static Tensor ReadRows(NpySource source, NpyHeader header, Shape shape, Device memory)
    {
        Tensor tensor = Tensor.Empty(shape, header.DType, memory);
        int count = (int)tensor.Count, size = header.DType.Size();
        for (int first = 0; first < count; first += TensorBytes.ChunkElements)
        {
            Span<byte> bytes = TensorBytes.Of(tensor, first, Math.Min(count - first, TensorBytes.ChunkElements));
            source.Read(bytes);
            if (header.DType == DType.Bool) CheckBools(source, bytes, first);
            if (header.BigEndian) TensorBytes.ReverseEndianness(bytes, size);
        }
        return tensor;
    }

    /// <summary>Elements whose first axis varies fastest are the rows of the transposed tensor.</summary>
    private static Tensor ReadColumns(NpySource source, NpyHeader header, Device memory)
    {
        using MemoryScope scope = MemoryScope.Begin();
        int[] axes = [.. Enumerable.Range(0, header.Shape.Rank).Reverse()];
        Shape reversed = axes.Select(axis => header.Shape[axis]).ToArray();
        return ReadRows(source, header, reversed, memory).Permute(axes).Contiguous().Keep();
    }

    /// <summary>A C# bool that is neither 0 nor 1 breaks the JIT's assumptions, so the bytes are looked at.</summary>
    private static void CheckBools(NpySource source, Span<byte> bytes, int first)
    {
        int wrong = bytes.IndexOfAnyExceptInRange((byte)0, (byte)1);
        if (wrong < 0) return;
        byte value = bytes[wrong];
        bytes.Clear();
        throw source.Damaged($"element {first + wrong} is {value}, and a b1 is 0 or 1");
    }
}
