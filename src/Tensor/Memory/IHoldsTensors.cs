namespace MiniStack;

/// <summary>
/// What is made of tensors, such as a Variable or a layer's output of several: so that a scope can keep them when it ends.
/// </summary>
public interface IHoldsTensors
{
    /// <summary>The tensors that it holds.</summary>
    IEnumerable<Tensor> Tensors { get; }
}
