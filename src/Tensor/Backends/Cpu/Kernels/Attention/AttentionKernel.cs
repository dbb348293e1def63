using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>y = softmax(scale·q·kᵀ)·v, one block of queries of one head at a time.</summary>
/// <remarks>
/// <para>The scores of 96 queries meet 96 keys at a time and are forgotten: the sums that softmax divides by, and y, follow the largest
/// score seen so far. (Milakov and Gimelshein 2018, arXiv:1805.02867; Dao et al. 2022, arXiv:2205.14135.) Scratch does not grow with the
/// context.</para>
/// <para>The scores are kept transposed, [key, query]: softmax then works on many queries side by side, and never across the lanes of a
/// vector.</para>
/// <para>Causal: a query's keys end with its own. Scores are computed for whole tiles, those beyond the end become
/// probabilities of 0, and y's sums of 12 queries end with the last of them. (So an infinite or NaN value reaches up to
/// 11 queries before its own: 0·∞.)</para>
/// <para>A block's result depends on no other block, so it has the same bits for every thread count.</para>
/// </remarks>
internal readonly unsafe struct AttentionKernel<TMatrix, TVector, T> : IWork
    where TMatrix : struct, IMatMulVector<TMatrix, T>
    where TVector : struct, IFloatVector<TVector, T>
    where T : unmanaged
{
    private const int Size = AttentionBlocks<TMatrix, T>.Size;

    private readonly HeadMatrices<T> _q, _k, _v, _y;
    private readonly T* _logSumExp;
    private readonly bool _causal;
    private readonly double _scale;

    private AttentionKernel(
        HeadMatrices<T> q, HeadMatrices<T> k, HeadMatrices<T> v, bool causal, double scale, HeadMatrices<T> y, T* logSumExp)
    {
        (_q, _k, _v, _y) = (q, k, v, y);
        (_causal, _scale) = (causal, scale);
        _logSumExp = logSumExp;
    }

    private int QueryBlocks => (_q.Time + Size - 1) / Size;

    /// <summary>As <see cref="Backend.Attention"/>, for at least one query and one key.</summary>
    public static void Run(Tensor q, Tensor k, Tensor v, bool causal, double scale, Tensor y, Tensor logSumExp)
    {
        fixed (T* qData = q.Raw<T>(), kData = k.Raw<T>(), vData = v.Raw<T>(), yData = y.Raw<T>(), sums = logSumExp.Raw<T>())
        {
            var work = new AttentionKernel<TMatrix, TVector, T>(
                new(q, qData), new(k, kData), new(v, vData), causal, scale, new(y, yData), sums);
            CpuThreads.For(q.Shape[0] * q.Shape[1] * work.QueryBlocks, work);
        }
    }

    /// <summary>Computes one block of queries; the last ones of a head, which see the most keys, come first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int piece)
    {
        (int item, int block) = Math.DivRem(piece, QueryBlocks);
        int firstQuery = (QueryBlocks - 1 - block) * Size, queries = Math.Min(Size, _q.Time - firstQuery);
        int earlier = _k.Time - _q.Time, keys = _causal ? firstQuery + queries + earlier : _k.Time;
        int d = _q.Size, dPadded = AttentionBlocks<TMatrix, T>.Padded(d), dv = _v.Size, dvPadded = AttentionBlocks<TMatrix, T>.Padded(dv);

        T* kRows = MatMulPack<TMatrix, T>.Buffer(Size * (Size + 2 * dPadded + 2 * dvPadded + 5));
        T* vRows = kRows + Size * dPadded, qPanels = vRows + Size * dvPadded, y = qPanels + Size * dPadded;
        T* scores = y + Size * dvPadded;
        T* max = scores + Size * Size, sum = max + Size, decay = sum + Size, lanes = decay + Size, zeros = lanes + Size;
        for (int i = 0; i < Size; i++)
        {
            (max[i], sum[i]) = (Sums.FromDouble<T>(double.NegativeInfinity), default);
            (lanes[i], zeros[i]) = (Sums.FromDouble<T>(i), default);
        }
        new Span<T>(y, queries * dvPadded).Clear();

        AttentionBlocks<TMatrix, T>.Load(_q[item], firstQuery, queries, d, kRows);
        AttentionBlocks<TMatrix, T>.Transpose(kRows, queries, d, qPanels);
        for (int firstKey = 0; firstKey < keys; firstKey += Size)
        {
            int count = Math.Min(Size, keys - firstKey);
            // Query i of the block sees i + sees of these keys.
            int sees = _causal ? firstQuery + 1 + earlier - firstKey : Size;
            AttentionBlocks<TMatrix, T>.Load(_k[item], firstKey, count, d, kRows);
            AttentionBlocks<TMatrix, T>.Load(_v[item], firstKey, count, dv, vRows);
            Scores(kRows, qPanels, d, dPadded, queries, count, sees, zeros, scores);
            for (int i = 0; i < queries; i += TVector.Count)
                Softmax(scores + i, lanes + i, queries, i, count, sees, max + i, sum + i, decay + i);
            if (firstKey > 0) ScaleRows(y, queries, dvPadded, decay);
            AddValues(scores, vRows, dvPadded, queries, count, sees, y, MatMulChain.IsCut(_k.Time));
        }

        T* logSumExp = _logSumExp + (nint)item * _q.Time + firstQuery;
        Finish(max, sum, decay, queries, logSumExp);
        ScaleRows(y, queries, dvPadded, decay);
        AttentionBlocks<TMatrix, T>.Store(y, queries, dv, _y[item], firstQuery);
    }

    /// <summary>scores[key, query] = k·qᵀ, for as many keys as the last query of each tile sees.</summary>
    private static void Scores(T* kRows, T* qPanels, int d, int dPadded, int queries, int count, int sees, T* zeros, T* scores)
    {
        MatMulTile<T> tile = default;
        tile.A = kRows;
        tile.Start = zeros;
        (tile.ARow, tile.AColumn, tile.BRow, tile.CRow, tile.Depth) = (dPadded, 1, AttentionBlocks<TMatrix, T>.Width, Size, d);
        for (int j = 0; j < queries; j += AttentionBlocks<TMatrix, T>.Width)
        {
            tile.B = qPanels + j * d;
            tile.C = scores + j;
            int last = Math.Min(j + AttentionBlocks<TMatrix, T>.Width, queries) - 1;
            AttentionBlocks<TMatrix, T>.MultiplyRows(tile, Math.Clamp(sees + last, 0, count));
        }
    }

    /// <summary>
    /// One vector of queries: scores become e^(scale·(score − max)); tells how the new max shrinks what was summed before.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Softmax(T* scores, T* lanes, int queries, int query, int count, int sees, T* max, T* sum, T* decay)
    {
        // Keys that all of these queries see, keys with a score, and keys that the sums of 12 queries may read.
        int all = Math.Clamp(sees + query, 0, count);
        int some = Math.Clamp(sees + Math.Min(query + TVector.Count, queries) - 1, 0, count);
        int read = Math.Min(some + TMatrix.TileRows - 1, count);
        TVector lane = TVector.Load(in *lanes, 0), lowest = TVector.Create(double.NegativeInfinity), zero = TVector.Create(0);
        TVector before = TVector.Load(in *max, 0), top = before, top1 = before;
        int k = 0;
        for (; k + 2 <= all; k += 2)
        {
            TVector score = TVector.Load(in scores[k * Size], 0), score1 = TVector.Load(in scores[k * Size + Size], 0);
            top = TVector.Select(TVector.Less(top, score), score, top);
            top1 = TVector.Select(TVector.Less(top1, score1), score1, top1);
        }
        for (; k < some; k++)
        {
            TVector hidden = TVector.Less(lane, TVector.Create(k + 1 - sees));
            TVector score = TVector.Select(hidden, lowest, TVector.Load(in scores[k * Size], 0));
            top = TVector.Select(TVector.Less(top, score), score, top);
        }
        top = TVector.Select(TVector.Less(top, top1), top1, top);
        top.Store(ref *max, 0);

        TVector scale = TVector.Create(_scale), shift = -(top * scale), total = zero;
        for (k = 0; k < all; k++)
        {
            TVector p = VectorMath.ExpOrZero(TVector.MultiplyAdd(TVector.Load(in scores[k * Size], 0), scale, shift));
            p.Store(ref scores[k * Size], 0);
            total += p;
        }
        for (; k < read; k++)
        {
            TVector p = VectorMath.ExpOrZero(TVector.MultiplyAdd(TVector.Load(in scores[k * Size], 0), scale, shift));
            p = TVector.Select(TVector.Less(lane, TVector.Create(k + 1 - sees)), zero, p);
            p.Store(ref scores[k * Size], 0);
            total += p;
        }
        TVector shrunk = VectorMath.ExpOrZero((before - top) * scale);
        shrunk.Store(ref *decay, 0);
        TVector.MultiplyAdd(TVector.Load(in *sum, 0), shrunk, total).Store(ref *sum, 0);
    }

    /// <summary>y[query] += probabilities·v, for each dozen queries over the keys that the last of them sees.</summary>
    private static void AddValues(T* probabilities, T* vRows, int dvPadded, int queries, int count, int sees, T* y, bool isCut)
    {
        MatMulTile<T> tile = default;
        tile.B = vRows;
        (tile.ARow, tile.AColumn, tile.BRow, tile.CRow) = (1, Size, dvPadded, dvPadded);
        for (int i = 0, height; i < queries; i += height)
        {
            height = MatMulMicroKernel<TMatrix, T>.Height(queries - i);
            tile.A = probabilities + i;
            tile.C = y + i * dvPadded;
            tile.Depth = Math.Clamp(sees + i + height - 1, 0, count);
            AttentionBlocks<TMatrix, T>.Add(tile, height, dvPadded, isCut);
        }
    }

    /// <summary>The logSumExp of each query, and what remains to multiply y with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Finish(T* max, T* sum, T* factors, int queries, T* logSumExp)
    {
        TVector scale = TVector.Create(_scale), one = TVector.Create(1);
        for (int i = 0; i < queries; i += TVector.Count)
        {
            TVector total = TVector.Load(in sum[i], 0);
            (one / total).Store(ref factors[i], 0);
            TVector.MultiplyAdd(TVector.Load(in max[i], 0), scale, TVector.Log(total)).Store(ref max[i], 0);
        }
        new Span<T>(max, queries).CopyTo(new Span<T>(logSumExp, queries));
    }

    /// <summary>y[i, :] *= factors[i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScaleRows(T* y, int rows, int length, T* factors)
    {
        for (int i = 0; i < rows; i++, y += length)
        {
            TVector factor = TVector.Create(Sums.ToDouble(factors[i]));
            for (int j = 0; j < length; j += TVector.Count) (TVector.Load(in y[j], 0) * factor).Store(ref y[j], 0);
        }
    }
}
