using MiniStack.Data;

namespace MiniStack.Formats;

/// <summary>Reads and writes .npy, NumPy's file of one array.</summary>
/// <remarks>
/// A file is a magic number, a version, a header written as a Python dict, and the elements. The header is parsed, never evaluated, and
/// checked before it is believed; arrays of pickled objects are refused. Source: NumPy's reference, "numpy.lib.format".
/// </remarks>
public static class Npy
{
    /// <summary>Reads an array into memory that outlives every <see cref="MemoryScope"/>.</summary>
    /// <param name="path">The file, of version 1.0, 2.0 or 3.0, in row or in column order, of either byte order.</param>
    /// <param name="device">Where it shall live; main memory by default.</param>
    /// <returns>A tensor in row order of the array's shape: f4, f8, f2, i8, i4, u1 and b1 become F32, F64, F16, I64, I32, U8 and
    /// Bool.</returns>
    /// <exception cref="CheckpointException">The file cannot be read or is damaged, or no tensor stores its dtype.</exception>
    public static Tensor Load(string path, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            using FileStream stream = PlainFile.Open(path, bufferSize: 4096);
            return NpyReader.Read(new NpySource(path, null, stream, stream.Length), device);
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception))
        {
            throw FileErrors.CannotRead(path, exception);
        }
    }

    /// <summary>Writes a tensor to a file, atomically (<see cref="AtomicFile"/>).</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="tensor">Of any DType but BF16, which NumPy does not have; strides and device leave no trace in the file.</param>
    /// <exception cref="CheckpointException">The tensor is refused, or the file cannot be written; an old file is untouched.</exception>
    public static void Save(string path, Tensor tensor)
    {
        FileErrors.CheckPath(path);
        ArgumentNullException.ThrowIfNull(tensor);
        if (NpyWriter.Refusal(tensor) is { } why) throw new CheckpointException($"{path}: cannot be written: {why}");
        AtomicFile.Write(path, stream => NpyWriter.Write(stream, tensor));
    }
}
