using static MiniStack.OperatorWatch;

namespace MiniStack;

/// <summary>A backend that reports each operator to the thread's <see cref="Profiler"/> and lets another do the work.</summary>
/// <remarks>
/// Each operator gives its FLOPs (see <see cref="Profiler"/>; <see cref="None"/> for what is no arithmetic), then the tensors that it
/// reads and those that it writes. A tensor that changes in place stands in the list twice; of a table, as many bytes are read as come out.
/// </remarks>
internal sealed class ProfilingBackend(Backend inner) : Backend
{
    private const double None = double.NaN;

    // Copies and constants.
    public override void Copy(Tensor source, Tensor destination)
    {
        using (Watch(None, [source, destination])) inner.Copy(source, destination);
    }

    public override void Fill(Tensor destination, double value) { using (Watch(None, [destination])) inner.Fill(destination, value); }

    public override void Uniform(Tensor y, double low, double high, ulong key, ulong block)
    {
        using (Watch(None, [y])) inner.Uniform(y, low, high, key, block);
    }

    public override void Normal(Tensor y, double mean, double std, ulong key, ulong block)
    {
        using (Watch(None, [y])) inner.Normal(y, mean, std, key, block);
    }

    public override void Dropout(Tensor x, Tensor y, double p, ulong key, ulong block)
    {
        using (Watch(1.0 * y.Count, [x, y])) inner.Dropout(x, y, p, key, block);
    }

    // Element by element.
    public override void Unary<TOperator>(Tensor x, Tensor y)
    {
        using (Watch(TOperator.Flops * y.Count, [x, y], typeof(TOperator).Name)) inner.Unary<TOperator>(x, y);
    }

    public override void Binary<TOperator>(Tensor a, Tensor b, Tensor y)
    {
        using (Watch(TOperator.Flops * y.Count, [a, b, y], typeof(TOperator).Name)) inner.Binary<TOperator>(a, b, y);
    }

    public override void Compare<TComparison>(Tensor a, Tensor b, Tensor y)
    {
        using (Watch(None, [a, b, y], typeof(TComparison).Name)) inner.Compare<TComparison>(a, b, y);
    }

    public override void Where(Tensor condition, Tensor a, Tensor b, Tensor y)
    {
        using (Watch(None, [condition, a, b, y])) inner.Where(condition, a, b, y);
    }

    // Reductions.
    public override void Sum(Tensor x, Tensor y) { using (Watch(1.0 * x.Count, [x, y])) inner.Sum(x, y); }
    public override void Max(Tensor x, Tensor y) { using (Watch(1.0 * x.Count, [x, y])) inner.Max(x, y); }
    public override void Min(Tensor x, Tensor y) { using (Watch(1.0 * x.Count, [x, y])) inner.Min(x, y); }
    public override void ArgMax(Tensor x, Tensor y) { using (Watch(None, [x, y])) inner.ArgMax(x, y); }

    // Products.
    public override void MatMul(Tensor a, Tensor b, Tensor c, bool accumulate)
    {
        using (Watch(2.0 * c.Count * a.Shape[^1], [a, b, c])) inner.MatMul(a, b, c, accumulate);
    }

    public override void Linear(Tensor x, Tensor weight, Tensor? bias, Tensor y)
    {
        using (Watch(2.0 * y.Count * x.Shape[^1] + (bias is null ? 0 : y.Count), [x, weight, bias, y])) inner.Linear(x, weight, bias, y);
    }

    public override void LinearGelu(Tensor x, Tensor weight, Tensor? bias, Tensor h, Tensor y)
    {
        using (Watch(
            2.0 * y.Count * x.Shape[^1] + (bias is null ? 1.0 : 2.0) * y.Count, h == y ? [x, weight, bias, y] : [x, weight, bias, h, y]))
            inner.LinearGelu(x, weight, bias, h, y);
    }

    // Rows: softmax is max, −, exp, Σ, ÷; layer norm is Σ for the mean, − × Σ for the variance, − × for x̂, × + for weight and bias.
    public override void Softmax(Tensor x, Tensor y) { using (Watch(5.0 * y.Count, [x, y])) inner.Softmax(x, y); }

    public override void SoftmaxBackward(Tensor y, Tensor dy, Tensor dx)
    {
        using (Watch(4.0 * dx.Count, [y, dy, dx])) inner.SoftmaxBackward(y, dy, dx);
    }

    public override void LogSoftmax(Tensor x, Tensor y) { using (Watch(5.0 * y.Count, [x, y])) inner.LogSoftmax(x, y); }

    public override void LayerNorm(Tensor x, Tensor weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor rstd)
    {
        using (Watch((bias is null ? 7.0 : 8.0) * y.Count, [x, weight, bias, y, mean, rstd]))
            inner.LayerNorm(x, weight, bias, epsilon, y, mean, rstd);
    }

    public override void LayerNormBackward(
        Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight, Tensor? dbias)
    {
        using (Watch((dbias is null ? 12.0 : 13.0) * dx.Count, [x, weight, mean, rstd, dy, dx, dweight, dbias]))
            inner.LayerNormBackward(x, weight, mean, rstd, dy, dx, dweight, dbias);
    }

    public override void RmsNorm(Tensor x, Tensor weight, double epsilon, Tensor y, Tensor rstd)
    {
        using (Watch(4.0 * y.Count, [x, weight, y, rstd])) inner.RmsNorm(x, weight, epsilon, y, rstd);
    }

    public override void RmsNormBackward(Tensor x, Tensor weight, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight)
    {
        using (Watch(9.0 * dx.Count, [x, weight, rstd, dy, dx, dweight])) inner.RmsNormBackward(x, weight, rstd, dy, dx, dweight);
    }

    public override void CrossEntropy(Tensor logits, Tensor targets, Tensor losses, Tensor logSumExp)
    {
        using (Watch(4.0 * logits.Count, [logits, targets, losses, logSumExp])) inner.CrossEntropy(logits, targets, losses, logSumExp);
    }

    public override void CrossEntropyBackward(Tensor logits, Tensor targets, Tensor logSumExp, Tensor dlosses, Tensor dlogits)
    {
        using (Watch(3.0 * logits.Count, [logits, targets, logSumExp, dlosses, dlogits]))
            inner.CrossEntropyBackward(logits, targets, logSumExp, dlosses, dlogits);
    }

    // Attention: of each pair that is seen, two products and a softmax forward, five products and the softmax's gradient backward.
    public override void Attention(Tensor q, Tensor k, Tensor v, bool causal, double scale, Tensor y, Tensor logSumExp)
    {
        using (Watch((4.0 * q.Shape[^1] + 5) * Pairs(q, k, causal), [q, k, v, y, logSumExp]))
            inner.Attention(q, k, v, causal, scale, y, logSumExp);
    }

    public override void AttentionBackward(
        Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, Tensor dy, bool causal, double scale, Tensor dq, Tensor dk, Tensor dv)
    {
        using (Watch((10.0 * q.Shape[^1] + 8) * Pairs(q, k, causal), [q, k, v, y, logSumExp, dy, dq, dk, dv]))
            inner.AttentionBackward(q, k, v, y, logSumExp, dy, causal, scale, dq, dk, dv);
    }

    // Tables.
    public override void Embedding(Tensor table, Tensor indices, Tensor y)
    {
        using (Watch(None, [y, indices, y])) inner.Embedding(table, indices, y);
    }

    public override void EmbeddingBackward(Tensor indices, Tensor dy, Tensor dtable)
    {
        using (Watch(1.0 * dy.Count, [indices, dy, dtable])) inner.EmbeddingBackward(indices, dy, dtable);
    }

    public override long? FindOutside(Tensor indices, long limit)
    {
        using (Watch(None, [indices]))
            return inner.FindOutside(indices, limit);
    }

    // Convolution.
    public override void Conv2d(Tensor x, Tensor weight, Tensor? bias, Tensor y, in ConvOptions options)
    {
        using (Watch(Products(y, weight) + (bias is null ? 0 : y.Count), [x, weight, bias, y])) inner.Conv2d(x, weight, bias, y, options);
    }

    public override void ConvTranspose2d(Tensor x, Tensor weight, Tensor? bias, Tensor y, in ConvOptions options)
    {
        using (Watch(Products(x, weight) + (bias is null ? 0 : y.Count), [x, weight, bias, y]))
            inner.ConvTranspose2d(x, weight, bias, y, options);
    }

    public override void Conv2dWeightGradient(Tensor x, Tensor dy, Tensor dweight, in ConvOptions options)
    {
        using (Watch(Products(dy, dweight), [x, dy, dweight])) inner.Conv2dWeightGradient(x, dy, dweight, options);
    }

    // Index.
    public override void Gather(Tensor x, Tensor indices, Tensor y) { using (Watch(None, [y, indices, y])) inner.Gather(x, indices, y); }

    public override void ScatterAdd(Tensor indices, Tensor source, Tensor y, bool accumulate)
    {
        using (Watch(1.0 * source.Count, [indices, source, y])) inner.ScatterAdd(indices, source, y, accumulate);
    }

    // Losses.
    // A state of CTC adds three paths and a step (max, 3 exp, 2 +, ln, +, +).
    public override void CtcLoss(
        Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor losses, Tensor alpha)
    {
        using (Watch(10.0 * alpha.Count, [logProbabilities, targets, inputLengths, targetLengths, losses, alpha]))
            inner.CtcLoss(logProbabilities, targets, inputLengths, targetLengths, blank, losses, alpha);
    }

    public override void CtcLossBackward(
        Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor alpha, Tensor dlosses,
        Tensor dlogProbabilities)
    {
        using (Watch(14.0 * alpha.Count, [logProbabilities, targets, inputLengths, targetLengths, alpha, dlosses, dlogProbabilities]))
            inner.CtcLossBackward(logProbabilities, targets, inputLengths, targetLengths, blank, alpha, dlosses, dlogProbabilities);
    }

    // Norms.
    // As a layer norm: Σ for the mean, − × Σ for the variance, − × + for the result; backward three sums of two and the combination of
    // them.
    public override void BatchNorm(Tensor x, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance)
    {
        using (Watch(7.0 * y.Count, [x, weight, bias, y, mean, variance])) inner.BatchNorm(x, weight, bias, epsilon, y, mean, variance);
    }

    public override void BatchNormBackward(
        Tensor x, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias)
    {
        using (Watch(9.0 * dx.Count, [x, weight, mean, variance, dy, dx, dweight, dbias]))
            inner.BatchNormBackward(x, weight, epsilon, mean, variance, dy, dx, dweight, dbias);
    }

    public override void GroupNorm(
        Tensor x, int groups, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance)
    {
        using (Watch(7.0 * y.Count, [x, weight, bias, y, mean, variance]))
            inner.GroupNorm(x, groups, weight, bias, epsilon, y, mean, variance);
    }

    public override void GroupNormBackward(
        Tensor x, int groups, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight,
        Tensor dbias)
    {
        using (Watch(9.0 * dx.Count, [x, weight, mean, variance, dy, dx, dweight, dbias]))
            inner.GroupNormBackward(x, groups, weight, epsilon, mean, variance, dy, dx, dweight, dbias);
    }

    // Pooling.
    // A product and a sum for each input, along the columns and then along the rows.
    public override void Resample2d(Tensor x, Resampling rows, Resampling columns, Tensor y)
    {
        using (Watch(2.0 * x.Count + 2.0 * y.Count, [x, y])) inner.Resample2d(x, rows, columns, y);
    }

    public override void MaxPool2d(Tensor x, Resampling rows, Resampling columns, Tensor y, Tensor? indices)
    {
        using (Watch(1.0 * x.Count, [x, y, indices])) inner.MaxPool2d(x, rows, columns, y, indices);
    }

    // Rotary.
    // Of each pair, four products and two sums.
    public override void RotaryEmbedding(Tensor x, Tensor cos, Tensor sin, bool interleaved, bool back, Tensor y)
    {
        using (Watch(x.Shape[^1] == 0 ? 0 : 6.0 * cos.Shape[^1] * x.Count / x.Shape[^1], [x, cos, sin, y]))
            inner.RotaryEmbedding(x, cos, sin, interleaved, back, y);
    }

    // Sort.
    public override void Sort(Tensor x, bool descending, Tensor values, Tensor indices)
    {
        using (Watch(None, [x, values, indices])) inner.Sort(x, descending, values, indices);
    }

    public override void TopK(Tensor x, bool largest, Tensor values, Tensor indices)
    {
        using (Watch(None, [x, values, indices])) inner.TopK(x, largest, values, indices);
    }

    public override void CumSum(Tensor x, int axis, bool reverse, Tensor y)
    {
        using (Watch(1.0 * y.Count, [x, y])) inner.CumSum(x, axis, reverse, y);
    }

    public override void BinCount(Tensor x, Tensor counts) { using (Watch(None, [x, counts])) inner.BinCount(x, counts); }

    // Statistics.
    // LogSumExp is max, −, exp, Σ; the variance Σ for the mean, then − × Σ.
    public override void LogSumExp(Tensor x, Tensor y) { using (Watch(4.0 * x.Count, [x, y])) inner.LogSumExp(x, y); }

    public override void Variance(Tensor x, double correction, Tensor y)
    {
        using (Watch(4.0 * x.Count, [x, y])) inner.Variance(x, correction, y);
    }

    // Optimizers: AdamW is 3 for m, 4 for v, 1 for the decay and 7 for the step.
    public override void AdamW(ReadOnlySpan<AdamWTensors> all, in AdamWStep step)
    {
        using (Watch(15.0 * ElementsOf(all), TensorsOf(all))) inner.AdamW(all, step);
    }

    public override void Sgd(Tensor parameter, Tensor gradient, Tensor? velocity, in SgdStep step)
    {
        using (Watch((velocity is null ? 4.0 : 6.0) * parameter.Count, [parameter, gradient, velocity, parameter, velocity]))
            inner.Sgd(parameter, gradient, velocity, step);
    }

    public override double SquaredNorm(ReadOnlySpan<Tensor> tensors)
    {
        using (Watch(2.0 * tensors.ToArray().Sum(x => x.Count), tensors))
            return inner.SquaredNorm(tensors);
    }

    /// <summary>What a step reads and writes, each in its turn.</summary>
    private static Tensor[] TensorsOf(ReadOnlySpan<AdamWTensors> all) =>
        [.. all.ToArray().SelectMany(one => new[] { one.Parameter, one.Gradient, one.M, one.V, one.Parameter, one.M, one.V })];

    private static long ElementsOf(ReadOnlySpan<AdamWTensors> all) => all.ToArray().Sum(one => one.Parameter.Count);
}
