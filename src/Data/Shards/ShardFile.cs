using Microsoft.Win32.SafeHandles;

namespace MiniStack.Data;

/// <summary>
/// An open file that any thread may read anywhere: only what is asked for is in memory, so that a file larger than it may be read from end
/// to end.
/// </summary>
/// <remarks>It is read and not memory-mapped: of a mapping, a file that somebody cuts short ends the process.</remarks>
internal sealed class ShardFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;
    private readonly SafeFileHandle _handle;

    /// <param name="path">Names the file in errors.</param>
    /// <param name="stream">The file, which is closed with this.</param>
    public ShardFile(string path, FileStream stream) => (_path, _stream, _handle) = (path, stream, stream.SafeFileHandle);

    /// <summary>Copies bytes out.</summary>
    /// <exception cref="DataException">The file was closed or cut short, or the disk fails.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        try
        {
            for (int done = 0, read; done < destination.Length; done += read)
            {
                read = RandomAccess.Read(_handle, destination[done..], offset + done);
                if (read == 0)
                {
                    throw DataErrors.At(
                        _path, $"byte {offset + done}",
                        $"the file ends there, which was longer when it was opened. Somebody has cut it short: restore it.");
                }
            }
        }
        catch (ObjectDisposedException exception)
        {
            throw new DataException(
                $"{_path}: it was closed, and cannot be read any more. Keep it open as long as its tokens are used.", exception);
        }
        catch (Exception exception) when (DataErrors.IsFileError(exception))
        {
            throw DataErrors.CannotRead(_path, exception);
        }
    }

    public void Dispose() => _stream.Dispose();
}
