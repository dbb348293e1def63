namespace MiniStack;

/// <summary>
/// As many floats as one register of this machine holds. Kernels are written against it, so that the lane width appears
/// in no formula; the JIT compiles each kernel for the one implementation that fits the hardware.
/// </summary>
/// <remarks>A mask is a vector whose lanes are all ones (true) or all zeros (false), as the hardware makes them.</remarks>
internal interface IFloatVector<TSelf> where TSelf : struct, IFloatVector<TSelf>
{
    /// <summary>True when the lanes are F64: polynomials then need more terms.</summary>
    static abstract bool IsDouble { get; }

    /// <summary>All lanes = value, rounded to the lanes' type.</summary>
    static abstract TSelf Create(double value);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, TSelf b);

    static abstract TSelf operator /(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a);

    /// <summary>a·b + c, rounded once where the processor can; see <see cref="MiniStack.MultiplyAdd"/>.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>One step of Horner's rule: p·x + c.</summary>
    static abstract TSelf Horner(TSelf p, TSelf x, double c);

    /// <summary>Four steps of Horner's rule: (((p·x + c3)·x + c2)·x + c1)·x + c0.</summary>
    static abstract TSelf Horner(TSelf p, TSelf x, double c3, double c2, double c1, double c0);

    static abstract TSelf Abs(TSelf a);

    static abstract TSelf Sqrt(TSelf a);

    /// <summary>ln a.</summary>
    static abstract TSelf Log(TSelf a);

    /// <summary>To the nearest whole number, halves to the even one.</summary>
    static abstract TSelf Round(TSelf a);

    /// <summary>The magnitude of a with the sign of b.</summary>
    static abstract TSelf CopySign(TSelf a, TSelf b);

    /// <summary>The smaller of a bound and x; NaN when x is.</summary>
    static abstract TSelf AtMost(double bound, TSelf x);

    /// <summary>The larger of a bound and x; NaN when x is.</summary>
    static abstract TSelf AtLeast(double bound, TSelf x);

    /// <summary>The larger of a and b; where a is NaN, b or NaN.</summary>
    static abstract TSelf Larger(TSelf a, TSelf b);

    /// <summary>The mask of a &lt; b.</summary>
    static abstract TSelf Less(TSelf a, TSelf b);

    /// <summary>The mask of a &gt; b, true also where a is NaN.</summary>
    static abstract TSelf GreaterOrNaN(TSelf a, TSelf b);

    /// <summary>a where the mask is true, else b.</summary>
    static abstract TSelf Select(TSelf mask, TSelf a, TSelf b);

    /// <summary>2ⁿ for whole n whose power is a normal number; anything for others.</summary>
    static abstract TSelf TwoToThe(TSelf n);

    /// <summary>a·2ⁿ for whole n, rounded once, also where 2ⁿ itself is no normal number.</summary>
    static abstract TSelf Scale(TSelf a, TSelf n);
}

/// <summary>How an <see cref="IFloatVector{TSelf}"/> meets memory of elements <typeparamref name="T"/>.</summary>
internal interface IFloatVector<TSelf, T> : IFloatVector<TSelf>
    where TSelf : struct, IFloatVector<TSelf, T>
    where T : unmanaged
{
    /// <summary>Lanes.</summary>
    static abstract int Count { get; }

    static abstract TSelf Load(ref readonly T start, int offset);

    /// <summary>Lanes from memory of another float type, converted.</summary>
    static abstract TSelf LoadFrom<TSource>(ref readonly TSource start, int offset) where TSource : unmanaged;

    /// <summary>The first <paramref name="count"/> lanes from memory, converted, the others 0: for the end of a row.</summary>
    static abstract TSelf LoadPartFrom<TSource>(ref readonly TSource start, int offset, int count) where TSource : unmanaged;

    void Store(ref T start, int offset);

    /// <summary>Stores past the caches, to pinned memory at a multiple of 64 bytes; see <see cref="Streaming"/>.</summary>
    void Stream(ref T start, int offset);

    /// <summary>The lanes added up in F64, in an order of the hardware that never changes.</summary>
    double Sum();
}
