namespace MiniStack;

/// <summary>How the losses of many rows become one.</summary>
public enum Reduction
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>Not at all: one loss a row.</summary>
    None,
}

/// <summary>Operators that look at a whole row: softmax, layer norm, cross-entropy.</summary>
public partial class Variable
{
    /// <summary>eˣ / Σ eˣ along one axis.</summary>
    public Variable Softmax(int axis = -1)
    {
        if (Shape.Axis(axis, nameof(Softmax)) != Rank - 1) return Transpose(axis, -1).Softmax().Transpose(axis, -1);
        Tensor y = Value.Softmax();
        return Record(y, new SoftmaxNode(this, y));
    }

    private sealed class SoftmaxNode(Variable x, Tensor y) : ResultNode(x, y, savesHalves: true)
    {
        // y = softmax x  ⇒  dx = y·(dy − Σ dy·y)
        public override void Backward(Variable dy) => X.AddWideGrad(ScoreGradients(X.IsHalf ? X.Wide().Softmax() : Result, dy.Wide()));
    }

    /// <summary>x − ln Σ eˣ along one axis.</summary>
    public Variable LogSoftmax(int axis = -1)
    {
        if (Shape.Axis(axis, nameof(LogSoftmax)) != Rank - 1) return Transpose(axis, -1).LogSoftmax().Transpose(axis, -1);
        Tensor y = Value.LogSoftmax();
        return Record(y, new LogSoftmaxNode(this, y));
    }

    private sealed class LogSoftmaxNode(Variable x, Tensor y) : ResultNode(x, y, savesHalves: true)
    {
        // y = x − ln Σ eˣ  ⇒  dx = dy − eʸ·Σ dy
        public override void Backward(Variable dy)
        {
            dy = dy.Wide();
            X.AddWideGrad(dy - (X.IsHalf ? X.Wide().Softmax() : Result.Exp()) * dy.Sum([-1], keepDims: true));
        }
    }
}
