namespace MiniStack.Nn;

/// <summary>Zeros before and after each sequence.</summary>
public sealed class ZeroPad1d : Layer
{
    private readonly int _left, _right;

    /// <param name="left">Zeros before.</param>
    /// <param name="right">Zeros after.</param>
    /// <exception cref="ConfigException">One is negative.</exception>
    public ZeroPad1d(int left, int right)
    {
        Require.AtLeast(0, left, nameof(ZeroPad1d), nameof(left));
        Require.AtLeast(0, right, nameof(ZeroPad1d), nameof(right));
        (_left, _right) = (left, right);
    }

    /// <param name="x">[…, length].</param>
    /// <returns>[…, left + length + right].</returns>
    public override Variable Forward(Variable x) => x.Pad([(_left, _right)]);
}

/// <summary>Zeros around each image.</summary>
public sealed class ZeroPad2d : Layer
{
    private readonly int _left, _right, _top, _bottom;

    /// <summary>The same number of zeros on all sides.</summary>
    /// <exception cref="ConfigException">It is negative.</exception>
    public ZeroPad2d(int padding)
        : this(padding, padding, padding, padding)
    {
    }

    /// <summary>Numbers of zeros in PyTorch's order.</summary>
    /// <param name="left">Columns before.</param>
    /// <param name="right">Columns after.</param>
    /// <param name="top">Rows before.</param>
    /// <param name="bottom">Rows after.</param>
    /// <exception cref="ConfigException">One is negative.</exception>
    public ZeroPad2d(int left, int right, int top, int bottom)
    {
        Require.AtLeast(0, Math.Min(Math.Min(left, right), Math.Min(top, bottom)), nameof(ZeroPad2d), "padding");
        (_left, _right, _top, _bottom) = (left, right, top, bottom);
    }

    /// <param name="x">[…, height, width].</param>
    /// <returns>[…, top + height + bottom, left + width + right].</returns>
    public override Variable Forward(Variable x) => x.Pad([(_top, _bottom), (_left, _right)]);
}
