namespace MiniStack.Data;

/// <summary>
/// Inputs and what is to come out for each; it belongs to whoever took it from the loader, and lives as long as it is held.
/// </summary>
/// <param name="Inputs">The batch's examples along axis 0.</param>
/// <param name="Targets">A label or a row of tokens for each.</param>
public sealed record TensorBatch(Tensor Inputs, Tensor Targets) : ISizedBatch
{
    /// <inheritdoc/>
    public long Bytes => Size(Inputs) + Size(Targets);

    private static long Size(Tensor tensor) => tensor.Count * tensor.DType.Size();
}
