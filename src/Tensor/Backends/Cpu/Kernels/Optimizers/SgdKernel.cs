using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>One SGD step. Without momentum there is no velocity tensor.</summary>
internal readonly struct SgdKernel<T>(Tensor parameter, Tensor gradient, Tensor? velocity, SgdStep step) : IVectorWork<T>
    where T : unmanaged
{
    private readonly Operand<T> _gradient = new(gradient);

    [SkipLocalsInit]
    public void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        (int start, int count) = Pieces.Range(piece, parameter.Count);
        Span<T> buffer = stackalloc T[_gradient.IsContiguous ? 0 : Pieces.Elements];
        ReadOnlySpan<T> gradients = _gradient.Read(start, count, buffer);
        Span<T> parameters = parameter.Raw<T>().Slice(start, count);
        if (velocity is null) Update<TVector>(gradients, parameters);
        else Update<TVector>(gradients, parameters, velocity.Raw<T>().Slice(start, count));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Update<TVector>(ReadOnlySpan<T> gradients, Span<T> parameters) where TVector : struct, IFloatVector<TVector, T>
    {
        TVector scale = TVector.Create(step.GradientScale), decay = TVector.Create(step.WeightDecay);
        TVector rate = TVector.Create(-step.LearningRate);
        ref T gs = ref MemoryMarshal.GetReference(gradients), ps = ref MemoryMarshal.GetReference(parameters);
        int i = 0;
        for (; i <= parameters.Length - TVector.Count; i += TVector.Count)
        {
            TVector p = TVector.Load(in ps, i);
            TVector g = TVector.MultiplyAdd(TVector.Load(in gs, i), scale, decay * p);
            TVector.MultiplyAdd(rate, g, p).Store(ref ps, i);
        }
        if (i == parameters.Length) return;
        // The last elements, padded to a whole vector and sent through the same loop.
        Span<T> g0 = stackalloc T[TVector.Count], p0 = stackalloc T[TVector.Count];
        gradients[i..].CopyTo(g0);
        parameters[i..].CopyTo(p0);
        Update<TVector>(g0, p0);
        p0[..(parameters.Length - i)].CopyTo(parameters[i..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Update<TVector>(ReadOnlySpan<T> gradients, Span<T> parameters, Span<T> velocities)
        where TVector : struct, IFloatVector<TVector, T>
    {
        TVector scale = TVector.Create(step.GradientScale), decay = TVector.Create(step.WeightDecay);
        TVector rate = TVector.Create(-step.LearningRate);
        TVector momentum = TVector.Create(step.Momentum);
        ref T gs = ref MemoryMarshal.GetReference(gradients), ps = ref MemoryMarshal.GetReference(parameters);
        ref T vs = ref MemoryMarshal.GetReference(velocities);
        int i = 0;
        for (; i <= parameters.Length - TVector.Count; i += TVector.Count)
        {
            TVector p = TVector.Load(in ps, i);
            TVector g = TVector.MultiplyAdd(TVector.Load(in gs, i), scale, decay * p);
            TVector next = TVector.MultiplyAdd(momentum, TVector.Load(in vs, i), g);
            next.Store(ref vs, i);
            TVector move = step.Nesterov ? TVector.MultiplyAdd(momentum, next, g) : next;
            TVector.MultiplyAdd(rate, move, p).Store(ref ps, i);
        }
        if (i == parameters.Length) return;
        // The last elements, padded to a whole vector and sent through the same loop.
        Span<T> g0 = stackalloc T[TVector.Count], p0 = stackalloc T[TVector.Count], v0 = stackalloc T[TVector.Count];
        gradients[i..].CopyTo(g0);
        parameters[i..].CopyTo(p0);
        velocities[i..].CopyTo(v0);
        Update<TVector>(g0, p0, v0);
        p0[..(parameters.Length - i)].CopyTo(parameters[i..]);
        v0[..(parameters.Length - i)].CopyTo(velocities[i..]);
    }
}
