namespace MiniStack.Formats;

/// <summary>What a safetensors file says about one of its tensors.</summary>
/// <param name="Name">Name of the tensor.</param>
/// <param name="StoredType">The format's name of the element type, such as <c>F32</c> or <c>BF16</c>.</param>
/// <param name="Shape">Sizes of the axes.</param>
/// <param name="Offset">First byte, counted from the end of the header.</param>
/// <param name="Bytes">Number of bytes.</param>
public sealed record SafetensorsEntry(string Name, string StoredType, Shape Shape, long Offset, long Bytes)
{
    /// <summary>The element type of the loaded tensor; null when no <see cref="Tensor"/> stores this type yet.</summary>
    public DType? DType => SafetensorsTypes.ToDType(StoredType);
}
