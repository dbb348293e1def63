using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>Finds the first NaN: which operator made it, in which module, forward or backward.</summary>
/// <remarks>
/// Every result is read once more, so a step takes about twice as long: switch it on to look for a mistake, not to train.
/// </remarks>
public static class Anomalies
{
    /// <summary>Where each operation was recorded, as long as it lives: a field of GradNode would cost every step.</summary>
    private static readonly ConditionalWeakTable<GradNode, string> Modules = [];

    [ThreadStatic]
    private static Detection? _detecting;

    private static readonly ThreadFlow<Detection> Flow = new(detection => _detecting = detection);

    [ThreadStatic]
    private static string? _module;

    /// <summary>True while operations of this thread are checked.</summary>
    public static bool AreDetected => _detecting is { IsOver: false };

    /// <summary>Checks every operation of this thread, and every gradient of it, until the result is disposed.</summary>
    public static Detection Detect()
    {
        Flow.Set(_detecting = new Detection(_detecting));
        return _detecting;
    }

    /// <summary>Says which module runs until the result is disposed, so that a NaN in its gradient can be told from others.</summary>
    /// <param name="path">Names from the outermost module on, joined by dots.</param>
    public static ModuleSection Enter(string path)
    {
        ModuleSection section = new(_module);
        _module = path;
        return section;
    }

    internal static void Note(GradNode node)
    {
        if (_module is { } module) Modules.AddOrUpdate(node, module);
    }

    internal static void CheckForward(GradNode node, Tensor value)
    {
        if (Nans(value) is not (> 0 and { } nans)) return;
        string inputs = string.Join(
            ", ",
            node.Inputs.Select((input, i) =>
                $"input {i + 1} of shape {input.Shape} has {(Nans(input.Value) is > 0 and { } own ? $"{own} NaN" : "none")}"));
        throw new AnomalyException(
            $"{node.Name}: {nans} of {value.Count} elements of the result are NaN; {inputs}. " +
            "Look at the inputs: 0/0, ∞ − ∞, the logarithm or root of a negative number?")
        {
            ModulePath = _module,
        };
    }

    /// <summary>
    /// Runs a formula, and looks at what it gave. Inside it no operator is looked at: it is the formula's own that is to be named.
    /// </summary>
    internal static void Backward(GradNode node, Action run, Func<Variable, Tensor?> gradientOf)
    {
        Detection? outer = _detecting;
        _detecting = null;
        try
        {
            run();
        }
        finally
        {
            _detecting = outer;
        }
        CheckBackward(node, gradientOf);
    }

    private static void CheckBackward(GradNode node, Func<Variable, Tensor?> gradientOf)
    {
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            if (gradientOf(node.Inputs[i]) is not { } gradient || Nans(gradient) is not (> 0 and { } nans)) continue;
            throw new AnomalyException(
                $"Backward of {node.Name}: {nans} of {gradient.Count} elements of the gradient of input {i + 1}, " +
                $"of shape {gradient.Shape}, are NaN. " +
                "The forward pass was finite: " +
                "look for a slope that is not, such as that of a root at 0 or of a division by something tiny.")
            {
                ModulePath = Modules.TryGetValue(node, out string? module) ? module : null,
            };
        }
    }

    private static long Nans(Tensor x)
    {
        if (!x.DType.IsFloat() || x.Count == 0) return 0;
        using MemoryScope scope = MemoryScope.Begin();
        return (long)x.NotEqual(x).To(DType.I64).Sum().Item();
    }

    /// <summary>Operations are checked until this is disposed.</summary>
    public sealed class Detection : IDisposable
    {
        private readonly Detection? _outer;

        internal Detection(Detection? outer) => _outer = outer;

        internal bool IsOver { get; private set; }

        /// <summary>Ends the checks.</summary>
        public void Dispose()
        {
            if (IsOver) return;
            IsOver = true;
            if (_detecting == this) Flow.Set(_detecting = _outer);
        }
    }

    /// <summary>A module runs until this is disposed.</summary>
    public readonly struct ModuleSection : IDisposable
    {
        private readonly string? _outer;
        private readonly bool _entered;

        internal ModuleSection(string? outer) => (_outer, _entered) = (outer, true);

        /// <summary>The module that called goes on.</summary>
        public void Dispose()
        {
            if (_entered) _module = _outer;
        }
    }
}

/// <summary>An operation made the first NaN; see <see cref="Anomalies"/>.</summary>
public sealed class AnomalyException(string message) : MiniStackException(message);
