using System.Runtime.Intrinsics;

namespace MiniStack;

/// <summary>Pieces of work on tensors of <typeparamref name="T"/>, written for vectors of any width.</summary>
internal interface IVectorWork<T> where T : unmanaged
{
    /// <summary>Does piece number <paramref name="piece"/>.</summary>
    /// <typeparam name="TVector">Vectors of <typeparamref name="T"/>.</typeparam>
    /// <typeparam name="TDouble">Vectors of F64, for sums.</typeparam>
    void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>;
}

/// <summary>Runs an <see cref="IVectorWork{T}"/> with the vectors that fit this machine.</summary>
internal static class VectorWork
{
    public static void For<T, TWork>(int pieces, TWork work)
        where T : unmanaged
        where TWork : struct, IVectorWork<T> =>
        CpuThreads.For(pieces, new Chosen<T, TWork>(work));

    private readonly struct Chosen<T, TWork>(TWork work) : IWork
        where T : unmanaged
        where TWork : struct, IVectorWork<T>
    {
        public void Run(int piece)
        {
            if (Vector512.IsHardwareAccelerated) work.Run<Wide512<T>, Wide512<double>>(piece);
            else if (Vector256.IsHardwareAccelerated) work.Run<Wide256<T>, Wide256<double>>(piece);
            else work.Run<Wide128<T>, Wide128<double>>(piece);
        }
    }
}
