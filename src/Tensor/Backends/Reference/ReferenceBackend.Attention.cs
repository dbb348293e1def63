namespace MiniStack;

internal partial class ReferenceBackend
{
    /// <inheritdoc/>
    public override void Attention(Tensor q, Tensor k, Tensor v, bool causal, double scale, Tensor y, Tensor logSumExp)
    {
        Cells values = new(v), to = new(y), sums = new(logSumExp);
        int queries = q.Shape[2], keys = k.Shape[2], size = v.Shape[3];
        for (long row = 0; row < sums.Count; row++)
        {
            (long item, long i) = Math.DivRem(row, queries);
            double[] scores = Scores(q, k, row, item * keys, causal ? i + 1 + keys - queries : keys, scale);
            double max = scores.Length == 0 ? 0 : scores.Max(), sum = scores.Sum(score => Math.Exp(score - max));
            sums[row] = max + Math.Log(sum);
            for (int c = 0; c < size; c++)
            {
                double weighted = 0;
                for (int j = 0; j < scores.Length; j++) weighted += Math.Exp(scores[j] - max) * values[(item * keys + j) * size + c];
                to[row * size + c] = scores.Length == 0 ? 0 : weighted / sum;
            }
        }
    }

    /// <inheritdoc/>
    public override void AttentionBackward(
        Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, Tensor dy, bool causal, double scale, Tensor dq, Tensor dk, Tensor dv)
    {
        Cells from = new(q), others = new(k), values = new(v), results = new(y), grad = new(dy), sums = new(logSumExp);
        int queries = q.Shape[2], keys = k.Shape[2], d = q.Shape[3], size = v.Shape[3];
        double[] sumQ = new double[q.Count], sumK = new double[k.Count], sumV = new double[v.Count];
        for (long row = 0; row < sums.Count; row++)
        {
            (long item, long i) = Math.DivRem(row, queries);
            double[] scores = Scores(q, k, row, item * keys, causal ? i + 1 + keys - queries : keys, scale);
            double dot = 0;
            for (int c = 0; c < size; c++) dot += grad[row * size + c] * results[row * size + c];
            for (int j = 0; j < scores.Length; j++)
            {
                long key = item * keys + j;
                double p = Math.Exp(scores[j] - sums[row]), dp = 0;
                for (int c = 0; c < size; c++)
                {
                    dp += grad[row * size + c] * values[key * size + c];
                    sumV[key * size + c] += p * grad[row * size + c];
                }
                double ds = scale * p * (dp - dot);
                for (int c = 0; c < d; c++)
                {
                    sumQ[row * d + c] += ds * others[key * d + c];
                    sumK[key * d + c] += ds * from[row * d + c];
                }
            }
        }
        Cells toQ = new(dq), toK = new(dk), toV = new(dv);
        for (int i = 0; i < sumQ.Length; i++) toQ[i] = sumQ[i];
        for (int i = 0; i < sumK.Length; i++) toK[i] = sumK[i];
        for (int i = 0; i < sumV.Length; i++) toV[i] = sumV[i];
    }

    /// <summary>scale·q·k of one query with the first <paramref name="seen"/> keys of its head.</summary>
    private static double[] Scores(Tensor q, Tensor k, long query, long firstKey, long seen, double scale)
    {
        Cells from = new(q), others = new(k);
        int d = q.Shape[3];
        double[] scores = new double[seen];
        for (int j = 0; j < scores.Length; j++)
        {
            double sum = 0;
            for (int c = 0; c < d; c++) sum += from[query * d + c] * others[(firstKey + j) * d + c];
            scores[j] = scale * sum;
        }
        return scores;
    }
}
