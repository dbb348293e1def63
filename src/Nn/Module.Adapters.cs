using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace MiniStack.Nn;

public abstract partial class Module
{
    /// <summary>The adapters that <see cref="Adapters.AddLora"/> gave to this module.</summary>
    internal List<LoraAdapter> Lora { get; } = [];

    /// <summary>The adapters of this module, of those around it and of those within: they may share layers.</summary>
    internal IEnumerable<LoraAdapter> LoraNear
    {
        get
        {
            for (Module? around = _parent; around is not null; around = around._parent)
                foreach (LoraAdapter adapter in around.Lora) yield return adapter;
            foreach (Module within in Tree())
                foreach (LoraAdapter adapter in within.Lora) yield return adapter;
        }
    }

    /// <summary>What adapters have put into this layer; null while there is nothing.</summary>
    internal LoraParts? Parts { get; private set; }

    /// <summary>Gives the layer room for adapters, as a child named <c>lora</c>.</summary>
    internal LoraParts AddParts() => Parts ??= Register("lora", new LoraParts());

    /// <summary>Takes the room away again.</summary>
    internal void RemoveParts()
    {
        Unregister(Parts!);
        Parts = null;
    }

    /// <summary>What a parameter of this layer is at present: itself, or what the adapter that acts has learned in its place.</summary>
    [DebuggerStepThrough]
    [return: NotNullIfNotNull(nameof(own))]
    private protected Parameter? Acting(Parameter? own) => own is not null && Parts?.Active is LoraCopy copy ? copy.Of(own) : own;
}
