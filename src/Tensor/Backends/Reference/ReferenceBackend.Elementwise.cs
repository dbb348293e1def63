using MiniStack.Operators;

namespace MiniStack;

internal partial class ReferenceBackend
{
    /// <inheritdoc/>
    public override void Unary<TOperator>(Tensor x, Tensor y)
    {
        Cells from = new(x), to = new(y);
        for (long i = 0; i < to.Count; i++)
        {
            if (y.DType.IsInteger()) to.SetInteger(i, TOperator.Plain(from.Integer(i)));
            else to[i] = TOperator.Plain(from[i]);
        }
    }

    /// <inheritdoc/>
    public override void Binary<TOperator>(Tensor a, Tensor b, Tensor y)
    {
        Cells left = new(a), right = new(b), to = new(y);
        for (long i = 0; i < to.Count; i++)
        {
            if (y.DType.IsInteger()) to.SetInteger(i, TOperator.Plain(left.Integer(i), right.Integer(i)));
            else to[i] = TOperator.Plain(left[i], right[i]);
        }
    }

    /// <inheritdoc/>
    public override void Compare<TComparison>(Tensor a, Tensor b, Tensor y)
    {
        Cells left = new(a), right = new(b), to = new(y);
        for (long i = 0; i < to.Count; i++)
        {
            bool holds = a.DType.IsFloat() ? TComparison.Plain(left[i], right[i]) : TComparison.Plain(left.Integer(i), right.Integer(i));
            to[i] = holds ? 1 : 0;
        }
    }

    /// <inheritdoc/>
    public override void Where(Tensor condition, Tensor a, Tensor b, Tensor y)
    {
        Cells conditions = new(condition), whenTrue = new(a), whenFalse = new(b), to = new(y);
        for (long i = 0; i < to.Count; i++)
        {
            if (y.DType.IsFloat()) to[i] = conditions[i] != 0 ? whenTrue[i] : whenFalse[i];
            else to.SetInteger(i, conditions[i] != 0 ? whenTrue.Integer(i) : whenFalse.Integer(i));
        }
    }
}
