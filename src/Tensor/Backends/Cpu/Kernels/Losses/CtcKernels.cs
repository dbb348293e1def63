using System.Numerics;
using System.Runtime.InteropServices;
using MiniStack.Operators;

namespace MiniStack;

/// <summary>What the kernels of CTC read of one batch: states of the extended targets, and the log-probabilities of each step.</summary>
internal readonly struct CtcInputs<T>(
    Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor alpha)
    where T : unmanaged
{
    private readonly Operand<T> _logProbabilities = new(logProbabilities);
    private readonly Indices _targets = new(targets), _inputLengths = new(inputLengths), _targetLengths = new(targetLengths);
    private readonly int _batch = logProbabilities.Shape[1], _labels = targets.Shape[1], _time = alpha.Shape[1], _width = alpha.Shape[2];

    public int Classes { get; } = logProbabilities.Shape[2];

    public int Blank => blank;

    public bool HasWholeRows => _logProbabilities.HasWholeRows(Classes);

    public int Steps(int item) => _inputLengths[item];

    /// <summary>States of an item: a blank before, between and after its labels.</summary>
    public int States(int item) => 2 * _targetLengths[item] + 1;

    /// <summary>The classes of an item's states, and 0 where a state may follow the one two before it, −∞ where not.</summary>
    public void Fill(int item, Span<int> states, Span<double> skips)
    {
        skips.Fill(double.NegativeInfinity);
        for (int s = 0; s < states.Length; s++)
        {
            states[s] = s % 2 == 0 ? blank : _targets[item * _labels + s / 2];
            if (s > 1 && s % 2 == 1 && states[s] != states[s - 2]) skips[s] = 0;
        }
    }

    /// <summary>The log-probabilities of an item's step.</summary>
    public ReadOnlySpan<T> Step(int item, int step, Span<T> buffer) =>
        _logProbabilities.Read(((long)step * _batch + item) * Classes, Classes, buffer);

    /// <summary>The row of alpha for an item's step.</summary>
    public Span<double> Alpha(int item, int step, int states) => alpha.Raw<double>().Slice((item * _time + step) * _width, states);

    /// <summary>Where the gradient of an item's step lies.</summary>
    public int At(int item, int step) => (step * _batch + item) * Classes;
}

/// <summary>The forward recursion of Graves et al. 2006, eq. 6, in logarithms and F64: one item of the batch is one piece.</summary>
internal readonly struct CtcKernel<T>(CtcInputs<T> inputs, Tensor losses) : IVectorWork<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Run<TVector, TDouble>(int item)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        int states = inputs.States(item), steps = inputs.Steps(item), padded = states + Ctc.Margin;
        using RowBuffer<T> row = new(inputs.HasWholeRows ? 0 : inputs.Classes);
        using RowBuffer<int> classes = new(states);
        using RowBuffer<double> skip = new(padded), one = new(padded), other = new(padded);
        // Two states before the first, which nothing is in, spare the loop its conditions.
        Span<double> skips = skip.Span, before = one.Span, now = other.Span;
        inputs.Fill(item, classes.Span, skips);
        before.Fill(double.NegativeInfinity);
        now.Fill(double.NegativeInfinity);
        for (int t = 0; t < steps; t++)
        {
            ReadOnlySpan<T> emitted = inputs.Step(item, t, row.Span);
            Span<double> to = now.Slice(2, states);
            if (t == 0) to[..Math.Min(2, states)].Clear();
            else Ctc.LogSum<TDouble>(before[2..], before[1..], before, skips, to);
            for (int s = 0; s < states; s++) to[s] += Sums.ToDouble(emitted[classes.Span[s]]);
            to.CopyTo(inputs.Alpha(item, t, states));
            Span<double> free = before;
            before = now;
            now = free;
        }
        losses.Raw<T>()[item] = T.CreateTruncating(steps == 0
            ? (states == 1 ? 0 : double.PositiveInfinity)
            : -Ctc.Total(before.Slice(2, states)));
    }
}

/// <summary>
/// The backward recursion (eq. 10) and the gradient (eq. 15): minus the probability that a step is in a state of the class.
/// </summary>
internal readonly struct CtcBackwardKernel<T>(CtcInputs<T> inputs, Operand<T> dlosses, Tensor dlogProbabilities) : IVectorWork<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Run<TVector, TDouble>(int item)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        int states = inputs.States(item), steps = inputs.Steps(item), padded = states + Ctc.Margin;
        double dloss = Sums.ToDouble(dlosses.At(item));
        if (steps == 0 || dloss == 0) return; // of an infinite loss that does not count, 0·NaN would be left
        using RowBuffer<T> row = new(inputs.HasWholeRows ? 0 : inputs.Classes);
        using RowBuffer<int> classes = new(states);
        using RowBuffer<double> skip = new(padded), one = new(padded), other = new(padded);
        Span<double> skips = skip.Span, later = one.Span, now = other.Span;
        inputs.Fill(item, classes.Span, skips);
        later.Fill(double.NegativeInfinity);
        now.Fill(double.NegativeInfinity);
        double total = Ctc.Total(inputs.Alpha(item, steps - 1, states));
        for (int t = steps - 1; t >= 0; t--)
        {
            ReadOnlySpan<T> emitted = inputs.Step(item, t, row.Span);
            Span<double> to = now[..states];
            if (t == steps - 1) to[Math.Max(0, states - 2)..].Clear();
            else Ctc.LogSum<TDouble>(later, later[1..], later[2..], skips[2..], to);
            Gradient<TDouble>(
                inputs.Alpha(item, t, states), to, total, dloss, classes.Span,
                dlogProbabilities.Raw<T>().Slice(inputs.At(item, t), inputs.Classes));
            for (int s = 0; s < states; s++) to[s] += Sums.ToDouble(emitted[classes.Span[s]]);
            Span<double> free = later;
            later = now;
            now = free;
        }
    }

    private void Gradient<TDouble>(
        ReadOnlySpan<double> alpha, ReadOnlySpan<double> beta, double total, double dloss, ReadOnlySpan<int> classes, Span<T> to)
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        using RowBuffer<double> buffer = new(alpha.Length);
        Span<double> posteriors = buffer.Span;
        for (int s = 0; s < alpha.Length; s++) posteriors[s] = alpha[s] + beta[s] - total;
        VectorLoops.Map<double, Exp>(posteriors, posteriors, streams: false);
        double blanks = 0;
        for (int s = 0; s < posteriors.Length; s += 2) blanks += posteriors[s];
        to[inputs.Blank] = T.CreateTruncating(-dloss * blanks);
        for (int s = 1; s < posteriors.Length; s += 2) to[classes[s]] -= T.CreateTruncating(dloss * posteriors[s]);
    }
}

/// <summary>What both recursions do.</summary>
internal static class Ctc
{
    /// <summary>Room beside the states: two that are never reached, and a vector's overhang.</summary>
    public const int Margin = 2 + 8;

    /// <summary>ln of the probability of the whole target: it ends in the last blank or the last label.</summary>
    public static double Total(ReadOnlySpan<double> alpha)
    {
        double last = alpha[^1], before = alpha.Length > 1 ? alpha[^2] : double.NegativeInfinity, max = Math.Max(last, before);
        return double.IsNegativeInfinity(max) ? max : max + Math.Log(Math.Exp(last - max) + Math.Exp(before - max));
    }

    /// <summary>y = ln(eᵃ + eᵇ + e^(c + skip)); the inputs have a vector's overhang.</summary>
    public static void LogSum<TDouble>(
        ReadOnlySpan<double> a, ReadOnlySpan<double> b, ReadOnlySpan<double> c, ReadOnlySpan<double> skips, Span<double> y)
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        ref double a0 = ref MemoryMarshal.GetReference(a), b0 = ref MemoryMarshal.GetReference(b), c0 = ref MemoryMarshal.GetReference(c);
        ref double skip0 = ref MemoryMarshal.GetReference(skips), y0 = ref MemoryMarshal.GetReference(y);
        Span<double> end = stackalloc double[8];
        for (int s = 0; s < y.Length; s += TDouble.Count)
        {
            TDouble p = TDouble.Load(in a0, s), q = TDouble.Load(in b0, s), r = TDouble.Load(in c0, s) + TDouble.Load(in skip0, s);
            // Where nothing arrives, a finite shift: −∞ − (−∞) would be NaN.
            TDouble max = TDouble.AtLeast(-1e300, TDouble.Larger(TDouble.Larger(p, q), r));
            TDouble sum = VectorMath.Exp(p - max) + VectorMath.Exp(q - max) + VectorMath.Exp(r - max);
            TDouble result = max + TDouble.Log(sum);
            if (s + TDouble.Count <= y.Length)
            {
                result.Store(ref y0, s);
            }
            else
            {
                result.Store(ref MemoryMarshal.GetReference(end), 0);
                end[..(y.Length - s)].CopyTo(y[s..]);
            }
        }
    }
}
