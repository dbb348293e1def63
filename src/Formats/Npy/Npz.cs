using MiniStack.Data;

namespace MiniStack.Formats;

/// <summary>Reads and writes .npz, NumPy's archive of named arrays: a zip archive of .npy files.</summary>
/// <remarks>Names are only names: nothing is ever unpacked to a disk. Source: NumPy's reference, "numpy.savez".</remarks>
public static class Npz
{
    /// <summary>Reads all arrays of an archive into memory that outlives every <see cref="MemoryScope"/>.</summary>
    /// <param name="path">The file, of stored or deflated entries.</param>
    /// <param name="device">Where they shall live; main memory by default.</param>
    /// <param name="mostBytes">Bytes that all arrays may have together. A small file can unpack to very many: unless told otherwise, 16
    /// times those of the file, and 16 MiB.</param>
    /// <returns>Tensors as <see cref="Npy.Load"/> reads them, by their names without <c>.npy</c>.</returns>
    /// <exception cref="CheckpointException">The file cannot be read or is damaged, its arrays are larger than allowed, or no tensor stores
    /// one of its dtypes.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path, Device? device = null, long? mostBytes = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            using FileStream stream = PlainFile.Open(path, bufferSize: 4096);
            return NpzReader.Read(path, stream, device, mostBytes ?? NpyLimits.UnpackedBytes(stream.Length));
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception))
        {
            throw FileErrors.CannotRead(path, exception);
        }
    }

    /// <summary>Writes tensors to an archive, atomically (<see cref="AtomicFile"/>).</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="tensors">Each with a name of its own, of any DType but BF16, which NumPy does not have.</param>
    /// <param name="compressed">Deflates the entries, as numpy.savez_compressed does.</param>
    /// <remarks>The order and strides of the tensors, their devices and the time leave no trace in the file.</remarks>
    /// <exception cref="CheckpointException">A name or tensor is refused, or the file cannot be written; an old file is
    /// untouched.</exception>
    public static void Save(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, bool compressed = false)
    {
        FileErrors.CheckPath(path);
        ArgumentNullException.ThrowIfNull(tensors);
        NpzWriter writer = new(path, tensors, compressed);
        AtomicFile.Write(path, writer.Write);
    }
}
