using System.Buffers.Binary;
using MiniStack.Data;

namespace MiniStack.Formats;

/// <summary>An open safetensors file: its header is checked, its tensors are read one by one, when asked for.</summary>
/// <remarks>
/// Opening reads the header only, and each tensor is read straight into its own memory. The open file stays what it was when a new one is
/// saved in its place, and one that is cut short in place while it is open is an error like any other: nothing is memory-mapped.
/// </remarks>
public sealed class SafetensorsFile : IDisposable
{
    private const int LengthBytes = 8;

    private readonly FileStream _stream;
    private readonly SafetensorsHeader _header;
    private readonly long _dataStart;

    private SafetensorsFile(string path, FileStream stream)
    {
        long length = stream.Length;
        (Path, _stream) = (path, stream);
        if (length < LengthBytes)
            throw Damaged($"it has {length} bytes, and the length of the header alone takes {LengthBytes}");
        Span<byte> first = stackalloc byte[LengthBytes];
        Fill(first, 0);
        ulong headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(first);
        CheckHeaderLength(headerBytes, length);
        _dataStart = LengthBytes + (long)headerBytes;
        byte[] json = new byte[headerBytes];
        Fill(json, LengthBytes);
        _header = SafetensorsHeader.Parse(path, json, length - _dataStart);
    }

    /// <summary>The path it was opened by.</summary>
    public string Path { get; }

    /// <summary>Free texts of the writer; empty when there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>The tensors, in the order of their bytes.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => _header.Entries;

    /// <summary>
    /// Throws when the file says of itself that another framework than PyTorch wrote it: TensorFlow and Flax hold the weights of dense
    /// layers and convolutions transposed, so that square ones would load in silence, and wrong.
    /// </summary>
    /// <exception cref="CheckpointException">Its metadata's <c>format</c> is another than <c>pt</c>.</exception>
    public void CheckFormat()
    {
        if (!Metadata.TryGetValue("format", out string? format) || format == "pt") return;
        throw new CheckpointException(
            $"{Path}: its metadata say that it has the format {FileErrors.Quote(format)}, whose weights may be transposed; " +
            "models here take PyTorch's ('pt'). Convert it to PyTorch's first.");
    }

    /// <summary>True when the file has a tensor of this name.</summary>
    public bool Contains(string name) => _header.ByName.ContainsKey(name);

    /// <summary>Reads one tensor into memory that outlives every <see cref="MemoryScope"/>.</summary>
    /// <param name="name">One of <see cref="Entries"/>.</param>
    /// <param name="device">Where it shall live; main memory by default.</param>
    /// <exception cref="CheckpointException">There is no such tensor, no tensor stores its type, or its bytes are damaged.</exception>
    public Tensor Read(string name, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!_header.ByName.TryGetValue(name, out SafetensorsEntry? entry))
        {
            string some = string.Join(", ", Entries.Take(5).Select(other => FileErrors.Quote(other.Name)));
            throw new CheckpointException(
                $"{Path}: there is no tensor {FileErrors.Quote(name)}. The file has {Entries.Count} tensors" +
                (Entries.Count == 0 ? "." : $", such as {some}. Check the name."));
        }
        using MemoryScope scope = MemoryScope.Persistent();
        Tensor tensor = Tensor.Empty(entry.Shape, Loadable(entry), device as CpuDevice ?? Device.Cpu);
        Fill(tensor, entry);
        return tensor.To(device ?? Device.Cpu);
    }

    /// <summary>Reads all tensors.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public IReadOnlyDictionary<string, Tensor> ReadAll(Device? device = null) =>
        Entries.ToDictionary(entry => entry.Name, entry => Read(entry.Name, device));

    /// <summary>Closes the file; tensors that were read stay.</summary>
    public void Dispose() => _stream.Dispose();

    internal static SafetensorsFile Open(string path)
    {
        FileStream? stream = null;
        try
        {
            stream = PlainFile.Open(path);
            return new SafetensorsFile(path, stream);
        }
        catch (Exception exception)
        {
            stream?.Dispose();
            if (FileErrors.IsFileError(exception)) throw FileErrors.CannotRead(path, exception);
            throw;
        }
    }

    /// <summary>The length is the first thing in a file, and so the first to be wrong in what is no safetensors file at all.</summary>
    private void CheckHeaderLength(ulong headerBytes, long fileBytes)
    {
        if (headerBytes > SafetensorsLimits.HeaderBytes)
        {
            throw new CheckpointException(
                $"{Path}: its first 8 bytes ask for a header of {headerBytes} bytes, and {SafetensorsLimits.HeaderBytes} are " +
                "the limit. This is no safetensors file, or it is damaged: check where it comes from.");
        }
        if ((long)headerBytes > fileBytes - LengthBytes)
        {
            throw Damaged(
                $"it is cut short: the header has {headerBytes} bytes, but only {fileBytes - LengthBytes} follow its length");
        }
    }

    private DType Loadable(SafetensorsEntry entry)
    {
        if (entry.DType is not { } dtype)
        {
            throw new CheckpointException(
                $"{Path}: tensor {FileErrors.Quote(entry.Name)} is {entry.StoredType}, which MiniStack knows but cannot store " +
                $"yet. It loads {SafetensorsTypes.Loadable}: convert the tensor and save the file again.");
        }
        if (entry.Shape.Count > Array.MaxLength)
        {
            throw new CheckpointException(
                $"{Path}: tensor {FileErrors.Quote(entry.Name)} has {entry.Shape.Count} elements; one tensor holds at most " +
                $"{Array.MaxLength}. Split it along an axis and save the file again.");
        }
        return dtype;
    }

    // The format is little-endian, and so is every machine that .NET's SIMD runs on.
    private void Fill(Tensor tensor, SafetensorsEntry entry)
    {
        int count = (int)tensor.Count, size = tensor.DType.Size();
        for (int first = 0; first < count; first += TensorBytes.ChunkElements)
        {
            Span<byte> bytes = TensorBytes.Of(tensor, first, Math.Min(count - first, TensorBytes.ChunkElements));
            try
            {
                Fill(bytes, _dataStart + entry.Offset + (long)first * size);
            }
            catch (Exception exception) when (FileErrors.IsFileError(exception))
            {
                throw FileErrors.CannotRead(Path, exception);
            }
            if (tensor.DType == DType.Bool) CheckBools(entry, bytes, first);
        }
    }

    /// <summary>A C# bool that is neither 0 nor 1 breaks the JIT's assumptions, so the bytes are looked at.</summary>
    private void CheckBools(SafetensorsEntry entry, Span<byte> bytes, int first)
    {
        int wrong = bytes.IndexOfAnyExceptInRange((byte)0, (byte)1);
        if (wrong < 0) return;
        byte value = bytes[wrong];
        bytes.Clear();
        throw Damaged($"element {first + wrong} of tensor {FileErrors.Quote(entry.Name)} is {value}, and a BOOL is 0 or 1");
    }

    /// <summary>Reads bytes of the file; any thread may.</summary>
    private void Fill(Span<byte> bytes, long offset)
    {
        try
        {
            for (int done = 0, read; done < bytes.Length; done += read)
            {
                read = RandomAccess.Read(_stream.SafeFileHandle, bytes[done..], offset + done);
                if (read == 0) throw Damaged($"it was cut short at byte {offset + done} while it was open");
            }
        }
        catch (ObjectDisposedException exception)
        {
            throw new CheckpointException(
                $"{Path}: it was closed before this tensor was read. Read inside the using block.", exception);
        }
    }

    private CheckpointException Damaged(string what) => FileErrors.Damaged(Path, what);
}
