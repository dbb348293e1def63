using MiniStack.Nn;

namespace MiniStack.Training;

/// <summary>What a model's saved buffers, such as running means, held before a step: a forward pass changes them, and a batch of NaN spoils
/// them for ever.</summary>
internal sealed class BufferBackup(Module model)
{
    private readonly List<(ModuleBuffer Buffer, Tensor Copy)> _copies = [];
    private bool _looked;

    /// <summary>Remembers; copies into the same memory each time.</summary>
    public void Take()
    {
        if (!_looked)
        {
            foreach ((_, ModuleBuffer buffer) in model.NamedBuffers())
                if (buffer.IsPersistent) _copies.Add((buffer, CopyOf(buffer)));
            _looked = true;
            return;
        }
        for (int i = 0; i < _copies.Count; i++)
        {
            (ModuleBuffer buffer, Tensor copy) = _copies[i];
            if (copy.DType == buffer.Value.DType && copy.Device == buffer.Value.Device) copy.CopyFrom(buffer.Value);
            else _copies[i] = (buffer, CopyOf(buffer)); // the model was converted or moved
        }
    }

    /// <summary>Puts back what <see cref="Take"/> saw.</summary>
    public void Restore()
    {
        foreach ((ModuleBuffer buffer, Tensor copy) in _copies) buffer.Value.CopyFrom(copy);
    }

    private static Tensor CopyOf(ModuleBuffer buffer)
    {
        using MemoryScope persistent = MemoryScope.Persistent();
        return buffer.Value.Clone();
    }
}
