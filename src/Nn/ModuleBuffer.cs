using System.Diagnostics;

namespace MiniStack.Nn;

/// <summary>A tensor that belongs to a module, is moved and saved with it, and is not learned: a running mean, a table of angles.</summary>
[DebuggerDisplay("Buffer {Value}")]
public sealed class ModuleBuffer
{
    internal ModuleBuffer(Tensor value, bool isPersistent) => (Value, IsPersistent) = (value.Persist(), isPersistent);

    /// <summary>The numbers; change them in place, as with <see cref="Tensor.CopyFrom"/>.</summary>
    public Tensor Value { get; private set; }

    /// <summary>Whether a <see cref="StateDict"/> holds it. What can be computed anew, such as angles, need not be saved.</summary>
    public bool IsPersistent { get; }

    internal void Replace(Func<Tensor, Tensor> change)
    {
        using MemoryScope persistent = MemoryScope.Persistent();
        Value = change(Value).Persist();
    }
}
