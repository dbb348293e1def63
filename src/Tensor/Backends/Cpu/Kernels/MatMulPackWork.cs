using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>Packs some rows of b for all pieces of a product: panel after panel, each two vectors wide.</summary>
/// <param name="x">The product.</param>
/// <param name="firstRow">First row of b.</param>
/// <param name="depth">How many rows.</param>
/// <param name="packed">Room for the rows of all panels.</param>
internal readonly unsafe struct MatMulPackWork<TVector, T>(MatMulOperands<T> x, int firstRow, int depth, T* packed) : IWork
    where TVector : struct, IMatMulVector<TVector, T>
    where T : unmanaged
{
    private const int RowsPerPiece = 32;

    private readonly MatMulOperands<T> _x = x;
    private readonly T* _packed = packed;

    public int Pieces => _x.B.Column == 1 ? (depth + RowsPerPiece - 1) / RowsPerPiece : (_x.N + Width - 1) / Width;

    private static int Width => 2 * TVector.Count;

    /// <summary>Some rows of all panels where b's rows lie in one piece, one panel otherwise: memory is read in its order.</summary>
    public void Run(int piece)
    {
        if (_x.B.Column == 1)
        {
            int end = Math.Min((piece + 1) * RowsPerPiece, depth);
            for (int p = piece * RowsPerPiece; p < end; p++) PackRow(p);
            return;
        }
        int j = piece * Width;
        MatMulPack<TVector, T>.Panel(_x.B, firstRow, depth, j, Math.Min(Width, _x.N - j), _packed + piece * MatMulPack<TVector, T>.PanelStride(depth));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackRow(int p)
    {
        int j = 0;
        nint step = MatMulPack<TVector, T>.PanelStride(depth);
        T* from = _x.B.At(firstRow + p, 0), to = _packed + p * Width;
        for (; j + Width <= _x.N; j += Width, to += step)
        {
            TVector.Load(from + j).Store(to);
            TVector.Load(from + j + TVector.Count).Store(to + TVector.Count);
        }
        if (j == _x.N) return;
        for (int i = 0; i < Width; i++) to[i] = j + i < _x.N ? from[j + i] : default;
    }
}
