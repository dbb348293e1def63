using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>
/// Packs a block of the depth for all pieces of a product: b's rows, panel after panel, and a's columns, tile after tile.
/// </summary>
/// <param name="x">The product.</param>
/// <param name="first">First row of b and column of a.</param>
/// <param name="depth">How many.</param>
/// <param name="packedB">Room for the rows of all panels; null where b is read as it lies.</param>
/// <param name="packedA">Room for the columns of all tiles; null where a is read as it lies.</param>
/// <remarks>Reading is all the work, so every piece reads memory in its own order where it can.</remarks>
internal readonly unsafe struct MatMulPackWork<TVector, T>(MatMulOperands<T> x, int first, int depth, T* packedB, T* packedA) : IWork
    where TVector : struct, IMatMulVector<TVector, T>
    where T : unmanaged
{
    private const int AtOnce = 32;

    /// <summary>Rows of a at once where a row lies in one piece: a whole number of tiles.</summary>
    private const int RowsAtOnce = MatMulCut.MostRows;

    private readonly MatMulOperands<T> _x = x;
    private readonly T* _packedB = packedB, _packedA = packedA;

    public int Pieces => PiecesOfB + (_packedA == null ? 0 : _x.A.Row == 1 ? Ceiling(depth, AtOnce) : Ceiling(_x.M, RowsAtOnce));

    private static int Width => 2 * TVector.Count;

    private int PiecesOfB => _packedB == null ? 0 : _x.B.Column == 1 ? Ceiling(depth, AtOnce) : Ceiling(_x.N, Width);

    public void Run(int piece)
    {
        if (piece >= PiecesOfB) PackA(piece - PiecesOfB);
        else if (_x.B.Column == 1) PackRows(piece * AtOnce, Math.Min((piece + 1) * AtOnce, depth));
        else MatMulPack<TVector, T>.Panel(
            _x.B, first, depth, piece * Width, Math.Min(Width, _x.N - piece * Width),
            _packedB + piece * MatMulPack<TVector, T>.PanelStride(depth));
    }

    /// <summary>Some columns of a where they lie in one piece, some rows otherwise.</summary>
    private void PackA(int piece)
    {
        (int row, int column) = _x.A.Row == 1 ? (0, piece * AtOnce) : (piece * RowsAtOnce, 0);
        (int rows, int columns) = _x.A.Row == 1 ? (_x.M, Math.Min(AtOnce, depth - column)) : (Math.Min(RowsAtOnce, _x.M - row), depth);
        StridedMatrix<T> a = new(_x.A.At(row, first + column), _x.A.Row, _x.A.Column);
        MatMulPack<TVector, T>.Rows(a, rows, columns, depth, MatMulPack<TVector, T>.Row(_packedA, row, depth) + column * TVector.TileRows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackRows(int p, int end)
    {
        const int Rows = 8;
        for (; p < end; p += Rows)
        {
            int rows = Math.Min(Rows, end - p), j = 0;
            nint step = MatMulPack<TVector, T>.PanelStride(depth), row = _x.B.Row;
            T* from = _x.B.At(first + p, 0), to = _packedB + p * Width;
            for (; j + Width <= _x.N; j += Width, to += step)
            {
                for (int i = 0; i < rows; i++)
                {
                    TVector.Load(from + i * row + j).Store(to + i * Width);
                    TVector.Load(from + i * row + j + TVector.Count).Store(to + i * Width + TVector.Count);
                }
            }
            if (j == _x.N) continue;
            for (int i = 0; i < rows; i++)
                for (int l = 0; l < Width; l++) to[i * Width + l] = j + l < _x.N ? from[i * row + j + l] : default;
        }
    }

    private static int Ceiling(int count, int size) => (count + size - 1) / size;
}
