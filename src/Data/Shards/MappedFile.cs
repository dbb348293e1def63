using System.IO.MemoryMappedFiles;

namespace MiniStack.Data;

/// <summary>A memory-mapped file that gives the pages it has touched back: a file larger than memory may be read from end to end.</summary>
/// <remarks>
/// Pages of a mapping count as the process's own as long as the mapping lives, although the system may take them. So the mapping
/// is made anew when enough of it was touched; the system's cache keeps the pages, and what is read again is not read from the disk.
/// </remarks>
internal sealed class MappedFile : IDisposable
{
    // A fault brings its neighbours in too, when they are in the system's cache: 64 KiB on Linux.
    private const int FaultBytes = 1 << 16;

    private readonly string _path;
    private readonly MemoryMappedFile _map;
    private readonly long _length, _residentBytes;
    private readonly Lock _lock = new();
    private MemoryMappedViewAccessor _view;
    private long _touched;
    private bool _disposed;

    /// <param name="path">Names the file in errors.</param>
    /// <param name="stream">The file, not empty; it may be closed afterwards.</param>
    /// <param name="residentBytes">About how much may be touched before the mapping is made anew.</param>
    public MappedFile(string path, FileStream stream, long residentBytes)
    {
        (_path, _length, _residentBytes) = (path, stream.Length, residentBytes);
        _map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = NewView();
    }

    /// <summary>Copies bytes out; any thread may.</summary>
    /// <exception cref="DataException">The file was closed.</exception>
    public unsafe void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > _length - destination.Length) throw new ArgumentOutOfRangeException(nameof(offset));
        if (Interlocked.Add(ref _touched, destination.Length + FaultBytes) > _residentBytes) Renew();
        while (true)
        {
            MemoryMappedViewAccessor view = Volatile.Read(ref _view);
            byte* start = null;
            try
            {
                // Pins the view: one that is replaced meanwhile goes when its last reader has left.
                view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            }
            catch (ObjectDisposedException exception)
            {
                if (!Volatile.Read(ref _disposed)) continue; // it was replaced just now
                throw new DataException($"{_path}: it was closed, and cannot be read any more. Keep it open as long as its tokens are used.", exception);
            }
            try
            {
                new ReadOnlySpan<byte>(start + view.PointerOffset + offset, destination.Length).CopyTo(destination);
                return;
            }
            finally
            {
                view.SafeMemoryMappedViewHandle.ReleasePointer();
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            Volatile.Write(ref _disposed, true);
            _view.Dispose();
            _map.Dispose();
        }
    }

    private void Renew()
    {
        lock (_lock)
        {
            // Whoever waited for the lock finds the work done.
            if (_disposed || Interlocked.Read(ref _touched) <= _residentBytes) return;
            MemoryMappedViewAccessor old = _view;
            Volatile.Write(ref _view, NewView());
            Interlocked.Exchange(ref _touched, 0);
            old.Dispose();
        }
    }

    private MemoryMappedViewAccessor NewView() => _map.CreateViewAccessor(0, _length, MemoryMappedFileAccess.Read);
}
