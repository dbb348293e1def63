using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>One AdamW step of many parameters, whose pieces are numbered through. The factors of the step are computed once, in F64; the
/// elements in their own type.</summary>
/// <param name="all">What the step works on.</param>
/// <param name="firstPieces">Number of each one's first piece, and at the end that of all pieces.</param>
/// <param name="count">How many of <paramref name="all"/> there are: the arrays are rented and may be longer.</param>
/// <param name="step">The step's numbers.</param>
internal readonly struct AdamWKernel<T>(AdamWTensors[] all, int[] firstPieces, int count, AdamWStep step) : IVectorWork<T>
    where T : unmanaged
{
    private readonly double _rate = step.LearningRate / (1 - Math.Pow(step.Beta1, step.Step));
    private readonly double _rootFactor = 1 / (1 - Math.Pow(step.Beta2, step.Step));

    /// <summary>The step of all.</summary>
    public static void Run(ReadOnlySpan<AdamWTensors> all, in AdamWStep step)
    {
        AdamWTensors[] chosen = ArrayPool<AdamWTensors>.Shared.Rent(all.Length);
        int[] firstPieces = ArrayPool<int>.Shared.Rent(all.Length + 1);
        all.CopyTo(chosen);
        firstPieces[0] = 0;
        for (int i = 0; i < all.Length; i++) firstPieces[i + 1] = checked(firstPieces[i] + Pieces.Count(all[i].Parameter.Count));
        VectorWork.For<T, AdamWKernel<T>>(firstPieces[all.Length], new(chosen, firstPieces, all.Length, step));
        ArrayPool<AdamWTensors>.Shared.Return(chosen, clearArray: true);
        ArrayPool<int>.Shared.Return(firstPieces);
    }

    [SkipLocalsInit]
    public void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        // The last parameter that starts at this piece or before: those without elements have none.
        int index = firstPieces.AsSpan(0, count).BinarySearch(piece);
        if (index < 0) index = ~index - 1;
        while (firstPieces[index + 1] == piece) index++;
        (Tensor parameter, Tensor gradient, Tensor m, Tensor v) = all[index];
        (int start, int length) = Pieces.Range(piece - firstPieces[index], parameter.Count);
        Operand<T> gradients = new(gradient);
        Span<T> buffer = stackalloc T[gradients.IsContiguous ? 0 : Pieces.Elements];
        Update<TVector>(
            gradients.Read(start, length, buffer), parameter.Raw<T>().Slice(start, length),
            m.Raw<T>().Slice(start, length), v.Raw<T>().Slice(start, length));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Update<TVector>(ReadOnlySpan<T> gradients, Span<T> parameters, Span<T> means, Span<T> squares)
        where TVector : struct, IFloatVector<TVector, T>
    {
        TVector scale = TVector.Create(step.GradientScale), keep = TVector.Create(1 - step.LearningRate * step.WeightDecay);
        TVector beta1 = TVector.Create(step.Beta1), share1 = TVector.Create(1 - step.Beta1);
        TVector beta2 = TVector.Create(step.Beta2), share2 = TVector.Create(1 - step.Beta2);
        TVector rate = TVector.Create(-_rate), rootFactor = TVector.Create(_rootFactor), epsilon = TVector.Create(step.Epsilon);
        ref T gs = ref MemoryMarshal.GetReference(gradients), ps = ref MemoryMarshal.GetReference(parameters);
        ref T ms = ref MemoryMarshal.GetReference(means), vs = ref MemoryMarshal.GetReference(squares);
        int i = 0;
        for (; i <= parameters.Length - TVector.Count; i += TVector.Count)
        {
            TVector g = TVector.Load(in gs, i) * scale;
            TVector mean = TVector.MultiplyAdd(beta1, TVector.Load(in ms, i), share1 * g);
            TVector square = TVector.MultiplyAdd(beta2, TVector.Load(in vs, i), share2 * g * g);
            TVector root = TVector.Sqrt(square * rootFactor) + epsilon;
            mean.Store(ref ms, i);
            square.Store(ref vs, i);
            TVector.MultiplyAdd(TVector.Load(in ps, i), keep, rate * mean / root).Store(ref ps, i);
        }
        if (i < parameters.Length) UpdateEnd<TVector>(gradients[i..], parameters[i..], means[i..], squares[i..]);
    }

    /// <summary>The last elements, padded to a whole vector and sent through the same loop.</summary>
    private void UpdateEnd<TVector>(ReadOnlySpan<T> gradients, Span<T> parameters, Span<T> means, Span<T> squares)
        where TVector : struct, IFloatVector<TVector, T>
    {
        Span<T> g = stackalloc T[TVector.Count], p = stackalloc T[TVector.Count];
        Span<T> ms = stackalloc T[TVector.Count], vs = stackalloc T[TVector.Count];
        gradients.CopyTo(g);
        parameters.CopyTo(p);
        means.CopyTo(ms);
        squares.CopyTo(vs);
        Update<TVector>(g, p, ms, vs);
        p[..parameters.Length].CopyTo(parameters);
        ms[..means.Length].CopyTo(means);
        vs[..squares.Length].CopyTo(squares);
    }
}
