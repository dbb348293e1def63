using System.Diagnostics;

namespace MiniStack;

/// <summary>A tensor in a computation: its value, and the <see cref="GradNode"/> that made it.</summary>
/// <remarks>
/// Operators compute the value at once. Under a <see cref="Tape"/> they are recorded as well, when an input needs a
/// gradient. A <see cref="Tensor"/> converts to a Variable by itself: a constant.
/// </remarks>
[DebuggerDisplay("{DebugText,nq}")]
public partial class Variable : IHoldsTensors
{
    /// <summary>A constant.</summary>
    public Variable(Tensor value) => Value = value;

    private Variable(Tensor value, GradNode node)
        : this(value) => Node = node;

    /// <summary>The numbers.</summary>
    public Tensor Value { get; private protected set; }

    /// <summary>
    /// The operation that made this; null for constants, parameters and what was not recorded. Once its tape has ended, a mark that knows
    /// nothing of the operation.
    /// </summary>
    public GradNode? Node { get; private set; }

    IEnumerable<Tensor> IHoldsTensors.Tensors => [Value];

    /// <summary>Which of the operation's results this is.</summary>
    internal virtual int Slot => 0;

    /// <summary>True when <see cref="Tape.Backward(Variable)"/> computes a gradient for it.</summary>
    public virtual bool NeedsGrad => Node is not null;

    /// <summary>Sizes of the axes.</summary>
    public Shape Shape => Value.Shape;

    /// <summary>Number of axes.</summary>
    public int Rank => Value.Rank;

    /// <summary>
    /// A variable that gradients can be asked for with
    /// <see cref="Tape.Grad(ReadOnlySpan{Variable}, ReadOnlySpan{Variable}, ReadOnlySpan{Variable}, bool)"/>: an input, not a parameter.
    /// </summary>
    /// <param name="value">F32, F64, F16 or BF16.</param>
    /// <exception cref="DTypeException">The value is not a float.</exception>
    public static Variable Watch(Tensor value)
    {
        if (!value.DType.IsFloat())
            throw new DTypeException($"Watch: only floats have gradients, not {value.DType}. Convert with To(DType.F32).");
        return new Watched(value);
    }

    /// <summary>A constant.</summary>
    public static implicit operator Variable(Tensor value) => new(value);

    /// <summary>The same value as a constant: no gradient flows through it.</summary>
    public Variable Detach() => new(Value);

    /// <summary>The only element.</summary>
    /// <exception cref="ShapeException">There is not exactly one element.</exception>
    public double Item() => Value.Item();

    /// <summary>Adds a gradient to what this variable collects; axes that were broadcast are summed first.</summary>
    /// <param name="gradient">Of this variable's shape, or of a shape it was broadcast to; of its dtype and device.</param>
    /// <exception cref="ShapeException">The shape is none that this variable's stretches to.</exception>
    /// <exception cref="DTypeException">The gradient has another dtype.</exception>
    /// <exception cref="DeviceException">The gradient lies on another device.</exception>
    public void AddGrad(Variable gradient)
    {
        if (!NeedsGrad) return;
        CheckGradient(gradient.Value, nameof(AddGrad));
        gradient = gradient.SumTo(Shape);
        if (GradSweep.Current is { } sweep) sweep.Add(this, gradient);
        else Collect(gradient.Value);
    }

    /// <summary>As above, of a gradient that nobody can differentiate: what a fused kernel computed.</summary>
    /// <exception cref="TapeException">The gradient is to be differentiated; see <see cref="Tape.CreatesGraph"/>.</exception>
    public void AddGrad(Tensor gradient)
    {
        if (!NeedsGrad) return;
        if (Tape.CreatesGraph) throw GradSweep.Current!.OnlyOnce();
        CheckGradient(gradient, nameof(AddGrad));
        if (gradient.Shape == Shape && GradSweep.Current is null) Collect(gradient);
        else AddGrad(new Variable(gradient));
    }

    /// <summary>Throws if a gradient is of another dtype, or lies elsewhere: kernels would read past its end.</summary>
    [DebuggerStepThrough]
    internal void CheckGradient(Tensor gradient, string operation)
    {
        if (gradient.DType != Value.DType)
        {
            throw new DTypeException(
                $"{operation}: the gradient is {gradient.DType}, its variable {Value.DType}. Convert it with To(DType.{Value.DType}).");
        }
        if (gradient.Device != Value.Device)
        {
            throw new DeviceException(
                $"{operation}: the gradient lies on {gradient.Device}, its variable on {Value.Device}. Move it with To(device).");
        }
    }

    /// <summary>Puts a mark in the place of the operation that made this.</summary>
    internal void Forget(GradNode ended) => Node = ended;

    /// <summary>Adds a gradient that is the product of two matrices.</summary>
    internal virtual void AddGradProduct(Variable a, Variable b)
    {
        AddGrad(a.MatMul(b));
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();

    /// <summary>One line for a debugger.</summary>
    internal string DebugText => $"{(Node is null ? GetType().Name : Node.Name)}: {Value}";

    private protected virtual void Collect(Tensor gradient) => Node!.GradientAt(Slot).Add(gradient);

    /// <summary>
    /// Wraps a result, and records the operation when a tape listens and an input needs a gradient: the last line of every operator, and of
    /// your own.
    /// </summary>
    /// <param name="value">What the operation computed from its inputs' values.</param>
    /// <param name="node">The operation with its gradient.</param>
    /// <exception cref="TapeException">An input was recorded by a tape that has ended, or by one of another thread.</exception>
    public static Variable Record(Tensor value, GradNode node)
    {
        if (Anomalies.AreDetected) Anomalies.CheckForward(node, value);
        if (!node.NeedsGrad) return new Variable(value);
        Tape.CheckUse(node);
        if (!Tape.IsRecording)
        {
            Tape.NoteParameters(node);
            return new Variable(value);
        }
        Tape.Current!.Add(node);
        return node.Made = new Variable(value, node);
    }

    /// <summary>The same for an operation with several results.</summary>
    /// <param name="values">What the operation computed from its inputs' values.</param>
    /// <param name="node">The operation with its gradient; it has as many results.</param>
    /// <exception cref="TapeException">An input was recorded by a tape that has ended, or by one of another thread.</exception>
    public static Variable[] Record(ReadOnlySpan<Tensor> values, MultiGradNode node)
    {
        Variable[] results = new Variable[values.Length];
        if (Anomalies.AreDetected) foreach (Tensor value in values) Anomalies.CheckForward(node, value);
        if (node.NeedsGrad) Tape.CheckUse(node);
        bool records = node.NeedsGrad && Tape.IsRecording;
        for (int i = 0; i < results.Length; i++) results[i] = records ? new Result(values[i], node, i) : new Variable(values[i]);
        if (records)
        {
            Tape.Current!.Add(node);
            node.Results = results;
        }
        else if (node.NeedsGrad)
        {
            Tape.NoteParameters(node);
        }
        return results;
    }

    /// <summary>One of several results.</summary>
    private sealed class Result(Tensor value, GradNode node, int slot) : Variable(value, node)
    {
        internal override int Slot => slot;
    }

    private sealed class Watched(Tensor value) : Variable(value)
    {
        public override bool NeedsGrad => true;

        // Backward is for parameters; only Grad answers for others.
        private protected override void Collect(Tensor gradient)
        {
        }
    }
}
