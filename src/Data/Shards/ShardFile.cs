using Microsoft.Win32.SafeHandles;

namespace MiniStack.Data;

/// <summary>An open file that any thread may read anywhere: only what is asked for is in memory, so that a file larger than it may be read from end to end.</summary>
/// <remarks>It is read and not memory-mapped: of a mapping, a file that somebody cuts short ends the process.</remarks>
/// <param name="path">Names the file in errors.</param>
/// <param name="stream">The file, which is closed with this.</param>
internal sealed class ShardFile(string path, FileStream stream) : IDisposable
{
    private readonly SafeFileHandle _handle = stream.SafeFileHandle;

    /// <summary>Copies bytes out.</summary>
    /// <exception cref="DataException">The file was closed or cut short, or the disk fails.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        try
        {
            for (int done = 0, read; done < destination.Length; done += read)
            {
                read = RandomAccess.Read(_handle, destination[done..], offset + done);
                if (read == 0) throw DataErrors.At(path, $"byte {offset + done}", $"the file ends there, which was longer when it was opened. Somebody has cut it short: restore it.");
            }
        }
        catch (ObjectDisposedException exception)
        {
            throw new DataException($"{path}: it was closed, and cannot be read any more. Keep it open as long as its tokens are used.", exception);
        }
        catch (Exception exception) when (DataErrors.IsFileError(exception))
        {
            throw DataErrors.CannotRead(path, exception);
        }
    }

    public void Dispose() => stream.Dispose();
}
