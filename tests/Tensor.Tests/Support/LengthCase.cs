namespace MiniStack.Tests;

/// <summary>One kernel's call on one backend: inputs that are the same on every backend, and outputs between guards.</summary>
internal sealed class LengthCase(Backend backend, Shape shape, DType dtype, Lying first, Lying second)
{
    private const double Guard = 77;

    // Three elements before an output: its vectors are not aligned. 70 behind: more than any vector reaches.
    private const int Before = 3, Behind = 70;

    private readonly List<(Tensor Whole, long Count)> _guarded = [];

    public Backend Backend => backend;

    public Shape Shape => shape;

    public DType DType => dtype;

    public int Length => shape[^1];

    /// <summary>All axes but the last.</summary>
    public Shape Rows => shape[..^1];

    public Tensor X => Make(shape, first, 1);

    public Tensor Other => Make(shape, second, 2);

    public Tensor Weight => Make(shape[^1..], second, 3);

    public Tensor Condition => Cases.Make(shape, DType.Bool, second, Holding.Ordinary, 4);

    /// <summary>A class for each row.</summary>
    public Tensor Targets => Tensor.CopyOf(Enumerable.Range(0, (int)Rows.Count).Select(row => (long)(row * 7 % Length)).ToArray());

    public List<Tensor> Outputs { get; } = [];

    /// <summary>Something of this shape to write to, the case's own where it is not given.</summary>
    public Tensor Output(Shape? of = null, DType? type = null)
    {
        Shape own = of ?? shape;
        Tensor whole = Tensor.Full([Before + (int)own.Count + Behind], type == DType.Bool ? 1 : Guard, type ?? dtype);
        Tensor y = whole.Slice(0, Before, (int)own.Count).Reshape(own);
        _guarded.Add((whole, own.Count));
        Outputs.Add(y);
        return y;
    }

    /// <summary>An output that holds numbers already, or zeros.</summary>
    public Tensor InOut(bool zero = false)
    {
        Tensor y = Output();
        if (zero) y.Fill(0);
        else y.CopyFrom(X);
        return y;
    }

    /// <summary>Fails where something was written beside an output.</summary>
    public void CheckGuards(string what)
    {
        foreach ((Tensor whole, long count) in _guarded)
        {
            double[] all = AgainstReference.Doubles(whole);
            for (int i = 0; i < all.Length; i++)
            {
                if (i >= Before && i < Before + count) continue;
                if (all[i] != (whole.DType == DType.Bool ? 1 : Guard)) Assert.Fail($"{what}: wrote {all[i]:R} {(i < Before ? Before - i : i - Before - count + 1)} elements beside its output.");
            }
        }
    }

    private Tensor Make(Shape of, Lying lying, int seed) => Cases.Make(of, dtype, lying, Holding.Ordinary, seed);
}
