using MiniStack.Operators;

namespace MiniStack;

/// <summary>Who computes on a device: one method per kind of operator.</summary>
/// <remarks>
/// The caller (<see cref="Tensor"/> and <see cref="Fused"/>) has checked shapes, dtypes and devices, broadcast the inputs to one
/// shape by strides, and allocated the outputs. Outputs are contiguous unless said otherwise; inputs may have any strides.
/// An implementation may return before the work is done, as long as its own later operations see the result.
/// </remarks>
internal abstract class Backend
{
    // Copies and constants.

    /// <summary>destination = source, converting between dtypes; both may have any strides.</summary>
    public abstract void Copy(Tensor source, Tensor destination);

    /// <summary>All elements of <paramref name="destination"/> (any strides) = value.</summary>
    public abstract void Fill(Tensor destination, double value);

    /// <summary>
    /// Element i = low + (high − low)·u(word i of the stream, from block <paramref name="block"/> on), but not outside the numbers of y's
    /// dtype in [low, high): where rounding would give high, it is the largest number below.
    /// </summary>
    public abstract void Uniform(Tensor y, double low, double high, ulong key, ulong block);

    /// <summary>The smallest and the largest number of a float dtype in [low, high), which <see cref="Uniform"/> stays between.</summary>
    /// <exception cref="ConfigException">The bounds are not finite, in the wrong order, or no number of the dtype lies between
    /// them.</exception>
    protected static (double Least, double Most) UniformEnds(double low, double high, DType dtype) =>
        HalfOpen.Ends(low, high, dtype, nameof(Uniform));

    /// <summary>Element i = mean + std·√(−2 ln u)·cos(2πv) with the stream's words 2i and 2i + 1.</summary>
    public abstract void Normal(Tensor y, double mean, double std, ulong key, ulong block);

    /// <summary>y = x / (1 − p) where word i of the stream as a number in [0, 1) is at least p, otherwise 0.</summary>
    public abstract void Dropout(Tensor x, Tensor y, double p, ulong key, ulong block);

    // Element by element. Inputs have one shape (broadcast by strides); y may be an input. An operator is a struct: see Operators.

    /// <summary>y = f(x).</summary>
    public abstract void Unary<TOperator>(Tensor x, Tensor y) where TOperator : struct, IUnaryOperator;

    /// <summary>y = f(a, b).</summary>
    public abstract void Binary<TOperator>(Tensor a, Tensor b, Tensor y) where TOperator : struct, IBinaryOperator;

    /// <summary>y (Bool) = whether a comparison of a and b holds.</summary>
    public abstract void Compare<TComparison>(Tensor a, Tensor b, Tensor y) where TComparison : struct, IComparison;

    /// <summary>y = a where condition (Bool), else b.</summary>
    public abstract void Where(Tensor condition, Tensor a, Tensor b, Tensor y);

    // Reductions over the trailing axes of x, those that y does not have.

    /// <summary>y = Σ x.</summary>
    public abstract void Sum(Tensor x, Tensor y);

    /// <summary>y = the largest x; NaN if any is.</summary>
    public abstract void Max(Tensor x, Tensor y);

    /// <summary>y = the smallest x; NaN if any is.</summary>
    public abstract void Min(Tensor x, Tensor y);

    /// <summary>y (I64) = position of the first largest x (a NaN counts as largest) along the last axis.</summary>
    public abstract void ArgMax(Tensor x, Tensor y);

    /// <summary>y = ln Σ eˣ, −∞ where every x is.</summary>
    public abstract void LogSumExp(Tensor x, Tensor y);

    /// <summary>y = Σ (x − mean)² / (n − correction), n the number of elements; a divisor below 0 counts as 0.</summary>
    public abstract void Variance(Tensor x, double correction, Tensor y);

    // Products.

    /// <summary>c[…, m, n] = a[…, m, k]·b[…, k, n], or c += a·b to accumulate; the leading axes are equal (stretched by strides).</summary>
    public abstract void MatMul(Tensor a, Tensor b, Tensor c, bool accumulate);

    /// <summary>y[n, out] = x[n, in]·weight[out, in]ᵀ + bias[out].</summary>
    public abstract void Linear(Tensor x, Tensor weight, Tensor? bias, Tensor y);

    /// <summary>h = x·weightᵀ + bias, as <see cref="Linear"/>, and y = GELU(h); h may be y itself, which then ends as GELU(h).</summary>
    public abstract void LinearGelu(Tensor x, Tensor weight, Tensor? bias, Tensor h, Tensor y);

    // Rows: the last axis of contiguous or strided inputs.

    /// <summary>y = eˣ / Σ eˣ along the last axis.</summary>
    public abstract void Softmax(Tensor x, Tensor y);

    /// <summary>dx = y·(dy − Σ dy·y) along the last axis.</summary>
    public abstract void SoftmaxBackward(Tensor y, Tensor dy, Tensor dx);

    /// <summary>y = x − ln Σ eˣ along the last axis.</summary>
    public abstract void LogSoftmax(Tensor x, Tensor y);

    /// <summary>y = (x − mean)·rstd·weight + bias along the last axis; mean and rstd have one element a row.</summary>
    public abstract void LayerNorm(Tensor x, Tensor weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor rstd);

    /// <summary>Gradients of <see cref="LayerNorm"/>: dx like x; dweight and dbias [channels], summed over all rows.</summary>
    public abstract void LayerNormBackward(
        Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight, Tensor? dbias);

    /// <summary>y = x·rstd·weight along the last axis; rstd = 1/√(average of x² + epsilon) has one element a row.</summary>
    public abstract void RmsNorm(Tensor x, Tensor weight, double epsilon, Tensor y, Tensor rstd);

    /// <summary>Gradients of <see cref="RmsNorm"/>: dx like x; dweight [channels], summed over all rows.</summary>
    public abstract void RmsNormBackward(Tensor x, Tensor weight, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight);

    /// <summary>losses[n] = logSumExp[n] − logits[n, targets[n]], and the logSumExp of each row.</summary>
    public abstract void CrossEntropy(Tensor logits, Tensor targets, Tensor losses, Tensor logSumExp);

    /// <summary>dlogits[n, c] = dlosses[n]·(e^(logits[n, c] − logSumExp[n]) − [c = targets[n]]).</summary>
    public abstract void CrossEntropyBackward(Tensor logits, Tensor targets, Tensor logSumExp, Tensor dlosses, Tensor dlogits);

    // Norms of [batch, channels, places], inputs of any strides, with one weight and bias per channel (null for 1 and 0). mean and variance
    // (the average square around the mean) have one element per set of elements that are normalized together.

    /// <summary>y = (x − mean)/√(variance + ε)·weight + bias, over all elements of a channel.</summary>
    public abstract void BatchNorm(Tensor x, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance);

    /// <summary>Gradients of <see cref="BatchNorm"/>: dx [batch, channels, places]; dweight and dbias [channels].</summary>
    public abstract void BatchNormBackward(
        Tensor x, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias);

    /// <summary>y = (x − mean)/√(variance + ε)·weight + bias, over the channels of each group of each example.</summary>
    public abstract void GroupNorm(
        Tensor x, int groups, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance);

    /// <summary>Gradients of <see cref="GroupNorm"/>, shaped as those of <see cref="BatchNormBackward"/>.</summary>
    public abstract void GroupNormBackward(
        Tensor x, int groups, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight,
        Tensor dbias);

    /// <summary>
    /// losses[n] = −ln of the probability of target n, summed over its alignments; alpha[n, t, s] = ln of the probability that the first
    /// t + 1 steps end in state s of the extended target (blank, label, blank, …), states beyond 2·length + 1 undefined.
    /// </summary>
    /// <remarks>
    /// logProbabilities [time, batch, classes]; targets [batch, labels]; lengths [batch]; alpha (F64) [batch, time, 2·labels + 1].
    /// </remarks>
    public abstract void CtcLoss(
        Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor losses, Tensor alpha);

    /// <summary>
    /// Gradient of <see cref="CtcLoss"/> with respect to the log-probabilities: −dlosses[n]·(probability that step t of item n emits the
    /// class).
    /// </summary>
    public abstract void CtcLossBackward(
        Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor alpha,
        Tensor dlosses, Tensor dlogProbabilities);

    // Attention: [batch, heads, time, d], inputs and outputs with any strides, so that q, k and v (and their gradients) can be
    // parts of one [batch, time, 3, heads, d] block, and y and dy [batch, time, heads, d] in memory. logSumExp is contiguous.

    /// <summary>
    /// y = softmax(scale·q·kᵀ)·v and logSumExp[batch, heads, queries] = ln Σ e^(scale·q·kᵀ). Causal, query i sees keys
    /// 0..i + (keys − queries), of which there is at least one. The scale is positive. y may have any strides.
    /// </summary>
    public abstract void Attention(Tensor q, Tensor k, Tensor v, bool causal, double scale, Tensor y, Tensor logSumExp);

    /// <summary>Gradients of <see cref="Attention"/>; dq, dk and dv may have any strides, but share no element.</summary>
    public abstract void AttentionBackward(
        Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, Tensor dy, bool causal, double scale, Tensor dq, Tensor dk, Tensor dv);

    /// <summary>
    /// Turns the channel pairs of x […, time, d] by angles whose cos and sin are [time, pairs], contiguous: (a, b) becomes (a·cos − b·sin,
    /// b·cos + a·sin), or back (sin negated). Pair i is (i, i + pairs), or (2i, 2i + 1) interleaved; channels from 2·pairs on are copied.
    /// </summary>
    public abstract void RotaryEmbedding(Tensor x, Tensor cos, Tensor sin, bool interleaved, bool back, Tensor y);

    // Tables.

    /// <summary>y[…, :] = table[indices[…], :].</summary>
    public abstract void Embedding(Tensor table, Tensor indices, Tensor y);

    /// <summary>dtable = 0, then dtable[indices[…], :] += dy[…, :], in the order of the indices.</summary>
    public abstract void EmbeddingBackward(Tensor indices, Tensor dy, Tensor dtable);

    /// <summary>The first index that is negative or not below <paramref name="limit"/>; null when all fit.</summary>
    public abstract long? FindOutside(Tensor indices, long limit);

    // Picking along the last axis; the axes before it are equal, and all strides are possible but for those of y.

    /// <summary>y[…, j] = x[…, indices[…, j]].</summary>
    public abstract void Gather(Tensor x, Tensor indices, Tensor y);

    /// <summary>
    /// y[…, indices[…, j]] += source[…, j], in the order of j; without <paramref name="accumulate"/> y counts as zeros before.
    /// </summary>
    public abstract void ScatterAdd(Tensor indices, Tensor source, Tensor y, bool accumulate);

    // Order: rows are the last axis. A NaN counts as larger than every number; of equal elements the first comes first.

    /// <summary>values = x in ascending (or descending) order along the last axis, and indices (I64) = where each came from.</summary>
    public abstract void Sort(Tensor x, bool descending, Tensor values, Tensor indices);

    /// <summary>
    /// The first elements of <see cref="Sort"/>, as many as values has along its last axis: the largest (descending) or the smallest.
    /// </summary>
    public abstract void TopK(Tensor x, bool largest, Tensor values, Tensor indices);

    /// <summary>y = the sum of x up to each element along one axis, that element included; from it to the end when reversed.</summary>
    public abstract void CumSum(Tensor x, int axis, bool reverse, Tensor y);

    /// <summary>counts[n] (I64) = how often n is among x (integers from 0 to below the length of counts).</summary>
    public abstract void BinCount(Tensor x, Tensor counts);

    // Images: the last two axes are rows and columns. What lies outside x is 0.

    /// <summary>
    /// y[b, o, i, j] = bias[o] + Σ weight[o, c, p, q]·x[b, c, i·stride + p·dilation − padding, …] over the channels c of o's group and over
    /// p and q.
    /// </summary>
    public abstract void Conv2d(Tensor x, Tensor weight, Tensor? bias, Tensor y, in ConvOptions options);

    /// <summary>
    /// The other way round: each x[b, o, i, j] adds weight[o, c, p, q]·x to y[b, c, i·stride + p·dilation − padding, …]; y starts from
    /// bias[c].
    /// </summary>
    public abstract void ConvTranspose2d(Tensor x, Tensor weight, Tensor? bias, Tensor y, in ConvOptions options);

    /// <summary>dweight[o, c, p, q] = Σ dy[b, o, i, j]·x[b, c, i·stride + p·dilation − padding, …] over b, i and j.</summary>
    public abstract void Conv2dWeightGradient(Tensor x, Tensor dy, Tensor dweight, in ConvOptions options);

    /// <summary>y[…, i, j] = Σ rows[i, h]·columns[j, w]·x[…, h, w].</summary>
    public abstract void Resample2d(Tensor x, Resampling rows, Resampling columns, Tensor y);

    /// <summary>
    /// y[…, i, j] = the largest x among the inputs of row i and column j, NaN if any is; indices (I32) = where it lies, h·width + w:
    /// the first of equal ones, the last NaN.
    /// </summary>
    public abstract void MaxPool2d(Tensor x, Resampling rows, Resampling columns, Tensor y, Tensor? indices);

    // Optimizers; the state and the parameter are contiguous and change in place.

    /// <summary>
    /// One AdamW step of parameters of one dtype; see <see cref="Fused.AdamW(ReadOnlySpan{AdamWTensors}, in AdamWStep)"/>.
    /// </summary>
    public abstract void AdamW(ReadOnlySpan<AdamWTensors> all, in AdamWStep step);

    /// <summary>One SGD step with momentum; see <see cref="Fused.Sgd"/>.</summary>
    public abstract void Sgd(Tensor parameter, Tensor gradient, Tensor? velocity, in SgdStep step);

    /// <summary>Σ x² over tensors of one dtype, accumulated in F64 in a fixed order, one tensor after the other.</summary>
    public abstract double SquaredNorm(ReadOnlySpan<Tensor> tensors);
}
