using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack.Formats;

/// <summary>An open safetensors file: its header is checked, its tensors are read one by one, when asked for.</summary>
/// <remarks>
/// The file is memory-mapped, so that opening costs the header only and reading copies once. The mapping stays with
/// the file that was opened when a new one is saved in its place; but a file cut short in place while it is open ends the process.
/// </remarks>
public sealed class SafetensorsFile : IDisposable
{
    private const int LengthBytes = 8;

    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly SafetensorsHeader _header;
    private readonly long _dataStart;

    private unsafe SafetensorsFile(string path, FileStream stream)
    {
        long length = stream.Length;
        Path = path;
        if (length < LengthBytes)
            throw Damaged($"it has {length} bytes, and the length of the header alone takes {LengthBytes}");
        _map = MemoryMappedFile.CreateFromFile(
            stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        try
        {
            _view = _map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            ulong headerBytes = _view.ReadUInt64(0);
            CheckHeaderLength(headerBytes, length);
            _dataStart = LengthBytes + (long)headerBytes;
            byte* start = Acquire();
            try
            {
                ReadOnlySpan<byte> json = new(start + LengthBytes, (int)headerBytes);
                _header = SafetensorsHeader.Parse(path, json, length - _dataStart);
            }
            finally
            {
                _view.SafeMemoryMappedViewHandle.ReleasePointer();
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The path it was opened by.</summary>
    public string Path { get; }

    /// <summary>Free texts of the writer; empty when there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>The tensors, in the order of their bytes.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => _header.Entries;

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
    public void Dispose()
    {
        _view?.Dispose();
        _map?.Dispose();
    }

    internal static SafetensorsFile Open(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            return new SafetensorsFile(path, stream);
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception))
        {
            throw FileErrors.CannotRead(path, exception);
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

    private void Fill(Tensor tensor, SafetensorsEntry entry)
    {
        switch (tensor.DType)
        {
            case DType.F32: Copy(entry, tensor.AsSpan<float>()); break;
            case DType.F64: Copy(entry, tensor.AsSpan<double>()); break;
            case DType.F16: Copy(entry, tensor.AsSpan<Half>()); break;
            case DType.BF16: Copy(entry, tensor.AsSpan<BFloat16>()); break;
            case DType.I64: Copy(entry, tensor.AsSpan<long>()); break;
            case DType.I32: Copy(entry, tensor.AsSpan<int>()); break;
            case DType.U8: Copy(entry, tensor.AsSpan<byte>()); break;
            default: CopyBools(entry, MemoryMarshal.AsBytes(tensor.AsSpan<bool>())); break;
        }
    }

    /// <summary>A C# bool that is neither 0 nor 1 breaks the JIT's assumptions, so the bytes are looked at.</summary>
    private void CopyBools(SafetensorsEntry entry, Span<byte> destination)
    {
        Copy(entry, destination);
        int wrong = destination.IndexOfAnyExceptInRange((byte)0, (byte)1);
        if (wrong >= 0)
        {
            throw Damaged(
                $"element {wrong} of tensor {FileErrors.Quote(entry.Name)} is {destination[wrong]}, and a BOOL is 0 or 1");
        }
    }

    // The format is little-endian, and so is every machine that .NET's SIMD runs on.
    private unsafe void Copy<T>(SafetensorsEntry entry, Span<T> destination) where T : unmanaged
    {
        byte* start = Acquire();
        try
        {
            // Entries need not be aligned; copying does not ask.
            new ReadOnlySpan<T>(start + _dataStart + entry.Offset, destination.Length).CopyTo(destination);
        }
        finally
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    /// <summary>Pins the mapping, so that closing the file on another thread waits for the reader.</summary>
    private unsafe byte* Acquire()
    {
        byte* start = null;
        try
        {
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        }
        catch (ObjectDisposedException exception)
        {
            throw new CheckpointException(
                $"{Path}: it was closed before this tensor was read. Read inside the using block.", exception);
        }
        return start;
    }

    private CheckpointException Damaged(string what) => FileErrors.Damaged(Path, what);
}
