namespace MiniStack.Architecture.Tests;

/// <summary>Where an operator has its parts.</summary>
public enum Floor
{
    /// <summary>A public method of Tensor or Fused: check, allocate, dispatch.</summary>
    Tensor,

    /// <summary>ReferenceBackend: the naive loop.</summary>
    Reference,

    /// <summary>CpuBackend: the fast kernel.</summary>
    Cpu,

    /// <summary>CudaBackend: the launch of a kernel.</summary>
    Cuda,

    /// <summary>A public method of Variable: record, and the gradient.</summary>
    Variable,

    /// <summary>A mention in tests/Tensor.Tests or in the table of operators, tests/Operators.Tests.</summary>
    Tests,
}

/// <summary>Operators that have no part on a floor, and why.</summary>
internal sealed record OperatorExemption(Floor Floor, string Reason, params string[] Operators);

/// <summary>The one list of what is missing. It may only shrink.</summary>
internal static class OperatorExemptions
{
    /// <summary>Operators in the list, counted once a floor. Lower it with every part that is written.</summary>
    public const int Most = 36;

    public static OperatorExemption[] All { get; } =
    [
        new(Floor.Tensor, "Tensor calls it Clone, CopyFrom, Contiguous and To.", "Copy"),
        new(Floor.Tensor, "A check inside Embedding and CrossEntropy.", "FindOutside"),

        new(Floor.Cuda, "Its GPU kernel is not written yet: it is computed on the CPU.",
            "Gather", "ScatterAdd",
            "Sort", "TopK", "CumSum", "BinCount", "Resample2d", "MaxPool2d", "BatchNorm", "BatchNormBackward", "GroupNorm", "GroupNormBackward",
            "LogSumExp", "Variance", "CtcLoss", "CtcLossBackward", "RotaryEmbedding",
            "Conv2d", "ConvTranspose2d", "Conv2dWeightGradient"),

        new(Floor.Variable, "It writes what exists already or makes constants: there is nothing to differentiate.",
            "Copy", "Fill", "Uniform", "Normal"),
        new(Floor.Variable, "Its result is a bool or an index, which has no gradient.",
            "Equal", "Less", "LessOrEqual", "Not", "ArgMax", "FindOutside", "BinCount"),
        new(Floor.Variable, "A part of an optimizer's step, which comes after the gradients.", "AdamW", "Sgd", "SquaredNorm"),
    ];
}
