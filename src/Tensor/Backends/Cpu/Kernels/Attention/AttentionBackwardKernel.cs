using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>Gradients of <see cref="AttentionKernel{TMatrix, TVector, T}"/>, block of queries by block of keys.</summary>
/// <remarks>
/// <para>With s = scale·q·kᵀ, p = e^(s − logSumExp) and D = Σ dy·y of each query:
/// dv = pᵀ·dy, dp = dy·vᵀ, ds = scale·p·(dp − D), dq = ds·k, dk = dsᵀ·q. (Dao et al. 2022, arXiv:2205.14135, algorithm 4.)
/// The scores are computed again rather than saved: that is one product more, and no memory that grows with queries·keys.</para>
/// <para>One piece of work is a head. Where heads are too few for the threads, dk and dv are computed by blocks of keys and dq by blocks
/// of queries, with seven products instead of five. Either way an element of dk is one chain of multiply-adds over the queries, and one of
/// dq over the keys, in their order: equal bits, so the choice may depend on the thread count.</para>
/// </remarks>
internal readonly unsafe struct AttentionBackwardKernel<TMatrix, TVector, T> : IWork
    where TMatrix : struct, IMatMulVector<TMatrix, T>
    where TVector : struct, IFloatVector<TVector, T>
    where T : unmanaged
{
    private const int Size = AttentionBlocks<TMatrix, T>.Size;

    private readonly HeadMatrices<T> _q, _k, _v, _dy, _dq, _dk, _dv;
    private readonly T* _logSumExp, _dots;
    private readonly bool _causal, _split;
    private readonly double _scale;

    private AttentionBackwardKernel(
        HeadMatrices<T> q, HeadMatrices<T> k, HeadMatrices<T> v, HeadMatrices<T> dy, T* logSumExp, T* dots, bool causal, double scale,
        HeadMatrices<T> dq, HeadMatrices<T> dk, HeadMatrices<T> dv, bool split)
    {
        (_q, _k, _v, _dy, _dq, _dk, _dv) = (q, k, v, dy, dq, dk, dv);
        (_causal, _scale, _split) = (causal, scale, split);
        _logSumExp = logSumExp;
        _dots = dots;
    }

    private int QueryBlocks => (_q.Time + Size - 1) / Size;

    private int KeyBlocks => (_k.Time + Size - 1) / Size;

    /// <summary>As <see cref="Backend.AttentionBackward"/>, for at least one query and one key.</summary>
    public static void Run(
        Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, Tensor dy, bool causal, double scale, Tensor dq, Tensor dk, Tensor dv)
    {
        int items = q.Shape[0] * q.Shape[1], threads = CpuThreads.Count;
        long[] block = CpuMemory.Rent(logSumExp.Count * sizeof(T));
        try
        {
            fixed (long* words = block)
            fixed (T* qData = q.Raw<T>(), kData = k.Raw<T>(), vData = v.Raw<T>(), yData = y.Raw<T>(), dyData = dy.Raw<T>())
            fixed (T* sums = logSumExp.Raw<T>(), dqData = dq.Raw<T>(), dkData = dk.Raw<T>(), dvData = dv.Raw<T>())
            {
                T* dots = (T*)((nint)words + CpuMemory.AlignedOffset(block));
                CpuThreads.For(items, new Dots(new(dy, dyData), new(y, yData), dots));
                // Whole heads in rounds of one for each thread, or seven fifths of the work in small pieces: what ends first?
                bool split = 5L * threads * ((items + threads - 1) / threads) > 7L * items;
                var work = new AttentionBackwardKernel<TMatrix, TVector, T>(
                    new(q, qData), new(k, kData), new(v, vData), new(dy, dyData), sums, dots, causal, scale,
                    new(dq, dqData), new(dk, dkData), new(dv, dvData), split);
                CpuThreads.For(split ? items * (work.KeyBlocks + work.QueryBlocks) : items, work);
            }
        }
        finally
        {
            CpuMemory.Return(block);
        }
    }

    /// <summary>Computes the gradients of one head, or of a block of its keys or of its queries.</summary>
    public void Run(int piece)
    {
        if (!_split)
        {
            Run(piece, 0, KeyBlocks, 0, QueryBlocks, wantsKeys: true, wantsQueries: true);
            return;
        }
        (int item, int block) = Math.DivRem(piece, KeyBlocks + QueryBlocks);
        if (block < KeyBlocks) Run(item, block, block + 1, 0, QueryBlocks, wantsKeys: true, wantsQueries: false);
        else Run(item, 0, KeyBlocks, block - KeyBlocks, block - KeyBlocks + 1, wantsKeys: false, wantsQueries: true);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run(int item, int keyBlock, int endKeyBlock, int firstQueryBlock, int endQueryBlock, bool wantsKeys, bool wantsQueries)
    {
        int d = _q.Size, dPadded = AttentionBlocks<TMatrix, T>.Padded(d), dv = _v.Size, dvPadded = AttentionBlocks<TMatrix, T>.Padded(dv);
        int earlier = _k.Time - _q.Time;
        T* kRows = MatMulPack<TMatrix, T>.Buffer(Size * (2 * Size + 5 * dPadded + 3 * dvPadded + 2));
        T* kPanels = kRows + Size * dPadded, qRows = kPanels + Size * dPadded, dqRows = qRows + Size * dPadded,
            dkRows = dqRows + Size * dPadded;
        T* vPanels = dkRows + Size * dPadded, dyRows = vPanels + Size * dvPadded, dvRows = dyRows + Size * dvPadded;
        T* p = dvRows + Size * dvPadded, ds = p + Size * Size, lanes = ds + Size * Size, zeros = lanes + Size;
        for (int i = 0; i < Size; i++) (lanes[i], zeros[i]) = (Sums.FromDouble<T>(i), default);

        for (; keyBlock < endKeyBlock; keyBlock++)
        {
            int firstKey = keyBlock * Size, keys = Math.Min(Size, _k.Time - firstKey);
            AttentionBlocks<TMatrix, T>.Load(_v[item], firstKey, keys, dv, dvRows);
            AttentionBlocks<TMatrix, T>.Transpose(dvRows, keys, dv, vPanels);
            AttentionBlocks<TMatrix, T>.Load(_k[item], firstKey, keys, d, kRows);
            AttentionBlocks<TMatrix, T>.Transpose(kRows, keys, d, kPanels);
            new Span<T>(dkRows, Size * dPadded).Clear();
            new Span<T>(dvRows, Size * dvPadded).Clear();

            int queryBlock = Math.Max(firstQueryBlock, _causal ? Math.Max(firstKey - earlier, 0) / Size : 0);
            for (; queryBlock < endQueryBlock; queryBlock++)
            {
                int firstQuery = queryBlock * Size, queries = Math.Min(Size, _q.Time - firstQuery);
                // Query i of its block sees i + sees of these keys.
                int sees = _causal ? firstQuery + 1 + earlier - firstKey : Size;
                AttentionBlocks<TMatrix, T>.Load(_q[item], firstQuery, queries, d, qRows);
                AttentionBlocks<TMatrix, T>.Load(_dy[item], firstQuery, queries, dv, dyRows);
                MultiplyPanels(qRows, kPanels, d, dPadded, queries, keys, sees, zeros, p);
                MultiplyPanels(dyRows, vPanels, dv, dvPadded, queries, keys, sees, zeros, ds);
                nint row = (nint)item * _q.Time + firstQuery;
                for (int i = 0; i < queries; i++)
                    Probabilities(p + i * Size, ds + i * Size, lanes, Math.Clamp(sees + i, 0, keys), _logSumExp[row + i], _dots[row + i]);
                if (wantsKeys)
                {
                    AddToKeys(p, dyRows, dvPadded, queries, keys, sees, dvRows, MatMulChain.IsCut(_q.Time));
                    AddToKeys(ds, qRows, dPadded, queries, keys, sees, dkRows, MatMulChain.IsCut(_q.Time));
                }
                if (!wantsQueries) continue;
                // Between blocks of keys, the sums rest where the result will be.
                if (keyBlock == 0) new Span<T>(dqRows, Size * dPadded).Clear();
                else AttentionBlocks<TMatrix, T>.Load(_dq[item], firstQuery, queries, d, dqRows);
                AddToQueries(ds, kRows, dPadded, queries, keys, sees, dqRows, MatMulChain.IsCut(_k.Time));
                AttentionBlocks<TMatrix, T>.Store(dqRows, queries, d, _dq[item], firstQuery);
            }
            if (!wantsKeys) continue;
            AttentionBlocks<TMatrix, T>.Store(dkRows, keys, d, _dk[item], firstKey);
            AttentionBlocks<TMatrix, T>.Store(dvRows, keys, dv, _dv[item], firstKey);
        }
    }

    /// <summary>c[query, key] = a·bᵀ, for each tile of keys from the first query on that sees one of them.</summary>
    private static void MultiplyPanels(T* a, T* panels, int depth, int aRow, int queries, int keys, int sees, T* zeros, T* c)
    {
        MatMulTile<T> tile = default;
        tile.Start = zeros;
        (tile.ARow, tile.AColumn, tile.BRow, tile.CRow, tile.Depth) = (aRow, 1, AttentionBlocks<TMatrix, T>.Width, Size, depth);
        for (int j = 0; j < keys; j += AttentionBlocks<TMatrix, T>.Width)
        {
            int first = FirstToSee(j, queries, sees);
            tile.A = a + first * aRow;
            tile.B = panels + j * depth;
            tile.C = c + first * Size + j;
            AttentionBlocks<TMatrix, T>.MultiplyRows(tile, queries - first);
        }
    }

    /// <summary>One query: scores become probabilities, and their gradients those of the scores. Beyond what it sees, both become 0 as
    /// far as the products of a dozen rows will read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Probabilities(T* scores, T* gradients, T* lanes, int seen, T logSumExp, T dot)
    {
        int read = Math.Min(seen + TMatrix.TileRows - 1, Size);
        TVector scale = TVector.Create(_scale), shift = TVector.Create(-Sums.ToDouble(logSumExp)),
            dots = TVector.Create(Sums.ToDouble(dot));
        int j = 0;
        for (; j <= seen - TVector.Count; j += TVector.Count)
        {
            TVector p = VectorMath.ExpOrZero(TVector.MultiplyAdd(TVector.Load(in scores[j], 0), scale, shift));
            p.Store(ref scores[j], 0);
            ((TVector.Load(in gradients[j], 0) - dots) * (p * scale)).Store(ref gradients[j], 0);
        }
        for (; j < read; j += TVector.Count)
        {
            TVector visible = TVector.Less(TVector.Load(in lanes[j], 0), TVector.Create(seen)), zero = TVector.Create(0);
            TVector p = VectorMath.ExpOrZero(TVector.MultiplyAdd(TVector.Load(in scores[j], 0), scale, shift));
            TVector.Select(visible, p, zero).Store(ref scores[j], 0);
            TVector.Select(visible, (TVector.Load(in gradients[j], 0) - dots) * (p * scale), zero).Store(ref gradients[j], 0);
        }
    }

    /// <summary>c[key] += aᵀ·b, for each dozen keys over the queries that see the first of them.</summary>
    private static void AddToKeys(T* a, T* b, int columns, int queries, int keys, int sees, T* c, bool isCut)
    {
        MatMulTile<T> tile = default;
        (tile.ARow, tile.AColumn, tile.BRow, tile.CRow) = (1, Size, columns, columns);
        for (int i = 0, height; i < keys; i += height)
        {
            height = MatMulMicroKernel<TMatrix, T>.Height(keys - i);
            int first = FirstToSee(i, queries, sees);
            tile.A = a + first * Size + i;
            tile.B = b + first * columns;
            tile.C = c + i * columns;
            tile.Depth = queries - first;
            AttentionBlocks<TMatrix, T>.Add(tile, height, columns, isCut);
        }
    }

    /// <summary>c[query] += a·b, for each dozen queries over the keys that the last of them sees.</summary>
    private static void AddToQueries(T* a, T* b, int columns, int queries, int keys, int sees, T* c, bool isCut)
    {
        MatMulTile<T> tile = default;
        tile.B = b;
        (tile.ARow, tile.AColumn, tile.BRow, tile.CRow) = (Size, 1, columns, columns);
        for (int i = 0, height; i < queries; i += height)
        {
            height = MatMulMicroKernel<TMatrix, T>.Height(queries - i);
            tile.A = a + i * Size;
            tile.C = c + i * columns;
            tile.Depth = Math.Clamp(sees + i + height - 1, 0, keys);
            AttentionBlocks<TMatrix, T>.Add(tile, height, columns, isCut);
        }
    }

    /// <summary>The first query of a block that sees a key; the number of queries when none does.</summary>
    private static int FirstToSee(int key, int queries, int sees) => Math.Clamp(key + 1 - sees, 0, queries);

    /// <summary>dots[query] = Σ dy·y: how much the gradients of a query's probabilities have in common, which softmax takes away.</summary>
    private readonly struct Dots(HeadMatrices<T> dy, HeadMatrices<T> y, T* dots) : IWork
    {
        private readonly HeadMatrices<T> _dy = dy, _y = y;
        private readonly T* _dots = dots;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int item)
        {
            int length = AttentionBlocks<TMatrix, T>.Padded(_y.Size);
            T* dyRows = MatMulPack<TMatrix, T>.Buffer(Size * 2 * length), yRows = dyRows + Size * length;
            T* dots = _dots + (nint)item * _y.Time;
            for (int first = 0; first < _y.Time; first += Size)
            {
                int rows = Math.Min(Size, _y.Time - first);
                AttentionBlocks<TMatrix, T>.Load(_dy[item], first, rows, _y.Size, dyRows);
                AttentionBlocks<TMatrix, T>.Load(_y[item], first, rows, _y.Size, yRows);
                for (int i = 0; i < rows; i++)
                {
                    TVector sum = default;
                    for (int j = i * length; j < (i + 1) * length; j += TVector.Count)
                        sum = TVector.MultiplyAdd(TVector.Load(in dyRows[j], 0), TVector.Load(in yRows[j], 0), sum);
                    dots[first + i] = Sums.FromDouble<T>(sum.Sum());
                }
            }
        }
    }
}
