using System.Diagnostics;

namespace MiniStack;

/// <summary>A variable that lives across steps and learns: it owns a persistent <see cref="Grad"/>.</summary>
[DebuggerDisplay("Parameter {Name,nq}: {Value}")]
public sealed class Parameter : Variable
{
    private Tensor? _grad;
    private bool _hasGrad;

    /// <summary>A parameter with this start value, which it owns from now on.</summary>
    /// <param name="value">F32, F64, F16 or BF16. Of a view whose elements do not lie row by row, the parameter has a copy.</param>
    /// <param name="requiresGrad">False freezes it: Backward computes no gradient.</param>
    /// <exception cref="DTypeException">The value is not a float.</exception>
    public Parameter(Tensor value, bool requiresGrad = true)
        : base(Own(value))
    {
        if (!value.DType.IsFloat())
            throw new DTypeException($"Parameter: only floats have gradients, not {value.DType}. Convert with To(DType.F32).");
        RequiresGrad = requiresGrad;
    }

    /// <summary>Its name in its module, such as <c>h.0.attn.c_attn.weight</c>; empty while it has none.</summary>
    public string Name { get; set; } = "";

    /// <summary>False freezes it: Backward computes no gradient and optimizers leave it alone.</summary>
    public bool RequiresGrad { get; set; }

    /// <inheritdoc/>
    public override bool NeedsGrad => RequiresGrad;

    /// <summary>Sum of the gradients since the last <see cref="ClearGrad"/>; null when there was none.</summary>
    public Tensor? Grad => _hasGrad ? _grad : null;

    /// <summary>Forgets the gradient; its memory stays for the next one. Optimizers call it after each step.</summary>
    public void ClearGrad() => _hasGrad = false;

    /// <summary>
    /// Puts gradients where the caller wants them from now on, such as into a part of a buffer that many share; forgets the gradient.
    /// </summary>
    /// <param name="buffer">Of the value's shape, dtype and device, its elements one after the other; its content counts as undefined. Null
    /// for memory of its own.</param>
    /// <exception cref="ShapeException">The buffer has another shape, or gaps.</exception>
    /// <exception cref="DTypeException">The buffer has another dtype.</exception>
    /// <exception cref="DeviceException">The buffer lies on another device.</exception>
    public void UseGrad(Tensor? buffer)
    {
        if (buffer is not null)
        {
            CheckGradient(buffer, nameof(UseGrad));
            if (buffer.Shape != Shape || !buffer.IsContiguous)
            {
                throw new ShapeException(
                    $"UseGrad: the buffer has shape {buffer.Shape}{(buffer.IsContiguous ? "" : " and gaps")}; " +
                    $"the parameter needs {Shape}, one element after the other.");
            }
            buffer.Persist();
        }
        (_grad, _hasGrad) = (buffer, false);
    }

    /// <summary>Moves the value to another device and forgets the gradient.</summary>
    public void MoveTo(Device device) => Replace(value => value.To(device));

    /// <summary>Rounds or widens the value to another float type and forgets the gradient.</summary>
    /// <exception cref="DTypeException">The type is not a float.</exception>
    public void ConvertTo(DType dtype)
    {
        if (!dtype.IsFloat()) throw new DTypeException($"Parameter: only floats have gradients, not {dtype}. Convert with To(DType.F32).");
        Replace(value => value.To(dtype));
    }

    private void Replace(Func<Tensor, Tensor> change)
    {
        using MemoryScope persistent = MemoryScope.Persistent();
        Tensor before = Value;
        Value = Own(change(before));
        // An operation that saved the value before must not take this one for it.
        if (Value != before) Value.Storage.CountWritesAfter(before.Storage);
        _grad = null;
        _hasGrad = false;
    }

    private static Tensor Own(Tensor value)
    {
        if (value.IsContiguous) return value.Persist();
        using MemoryScope persistent = MemoryScope.Persistent();
        return value.Clone();
    }

    private protected override void Collect(Tensor gradient)
    {
        if (_hasGrad) _grad!.AddInPlace(gradient);
        else Buffer().CopyFrom(gradient);
        _hasGrad = true;
    }

    /// <summary>The product is written where it is kept: one pass over memory less than computing it and adding it.</summary>
    internal override void AddGradProduct(Variable a, Variable b)
    {
        if (!RequiresGrad) return;
        if (GradSweep.Current is not null)
        {
            base.AddGradProduct(a, b);
            return;
        }
        Buffer().SetMatMul(a.Value, b.Value, accumulate: _hasGrad);
        _hasGrad = true;
    }

    private Tensor Buffer()
    {
        if (_grad is not null) return _grad;
        using MemoryScope persistent = MemoryScope.Persistent();
        return _grad = Tensor.Empty(Shape, Value.DType, Value.Device);
    }
}
