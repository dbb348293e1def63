namespace MiniStack.Formats;

/// <summary>Reads and writes .npz, NumPy's archive of named arrays: a zip archive of .npy files.</summary>
/// <remarks>Names are only names: nothing is ever unpacked to a disk. Source: NumPy's reference, "numpy.savez".</remarks>
public static class Npz
{
    /// <summary>Reads all arrays of an archive into memory that outlives every <see cref="MemoryScope"/>.</summary>
    /// <param name="path">The file, of stored or deflated entries.</param>
    /// <param name="device">Where they shall live; main memory by default.</param>
    /// <returns>Tensors as <see cref="Npy.Load"/> reads them, by their names without <c>.npy</c>.</returns>
    /// <exception cref="CheckpointException">The file cannot be read or is damaged, or no tensor stores one of its dtypes.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path, Device? device = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            return NpzReader.Read(path, stream, device);
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
    /// <exception cref="CheckpointException">A name or tensor is refused, or the file cannot be written; an old file is untouched.</exception>
    public static void Save(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, bool compressed = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        NpzWriter writer = new(path, tensors, compressed);
        AtomicFile.Write(path, writer.Write);
    }
}
