using System.Security.Cryptography;
using System.Text;

namespace MiniStack.Formats;

/// <summary>Reads and writes safetensors: named tensors in one file that can do nothing but hold numbers.</summary>
/// <remarks>
/// A file is eight bytes of header length, a JSON header that gives each tensor's dtype, shape and bytes, and those bytes.
/// Everything is checked before it is believed: github.com/huggingface/safetensors, "Format".
/// </remarks>
public static class Safetensors
{
    /// <summary>Opens a file and checks its header; tensors are read when asked for.</summary>
    /// <exception cref="CheckpointException">The file cannot be read, or its header breaks a rule of the format.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return SafetensorsFile.Open(path);
    }

    /// <summary>Reads all tensors of a file into memory that outlives every <see cref="MemoryScope"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where they shall live; main memory by default.</param>
    /// <exception cref="CheckpointException">The file cannot be read or is damaged, or no tensor stores one of its types.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path, Device? device = null) => Load(path, out _, device);

    /// <summary>Reads all tensors of a file, and its metadata.</summary>
    /// <inheritdoc cref="Load(string, Device?)"/>
    public static IReadOnlyDictionary<string, Tensor> Load(
        string path, out IReadOnlyDictionary<string, string> metadata, Device? device = null)
    {
        using SafetensorsFile file = Open(path);
        metadata = file.Metadata;
        return file.ReadAll(device);
    }

    /// <summary>Writes tensors to a file, atomically (<see cref="AtomicFile"/>).</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="tensors">Each with a name of its own.</param>
    /// <param name="metadata">Free texts to go with them.</param>
    /// <remarks>The order and strides of the tensors, and their devices, leave no trace in the file.</remarks>
    /// <exception cref="CheckpointException">A name or text is refused, or the file cannot be written; an old file is
    /// untouched.</exception>
    public static void Save(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        FileErrors.CheckPath(path);
        ArgumentNullException.ThrowIfNull(tensors);
        SafetensorsWriter writer = new(path, tensors, metadata);
        AtomicFile.Write(path, writer.Write);
    }

    /// <summary>
    /// SHA-256 of tensors with their names, types and shapes, as 64 hexadecimal digits: equal tensors have equal digests, in any order,
    /// with any strides, on any device. Saved as metadata it tells later whether a disk has kept the numbers.
    /// </summary>
    public static string Digest(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        using SHA256 hash = SHA256.Create();
        using CryptoStream stream = new(Stream.Null, hash, CryptoStreamMode.Write);
        foreach ((string name, Tensor tensor) in tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            stream.Write(Encoding.UTF8.GetBytes($"{name}\n{SafetensorsTypes.NameOf(tensor.DType)}{tensor.Shape}\n"));
            TensorBytes.Write(stream, tensor);
        }
        stream.FlushFinalBlock();
        return Convert.ToHexStringLower(hash.Hash!);
    }
}
