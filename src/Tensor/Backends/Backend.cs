namespace MiniStack;

/// <summary>Who computes on a device: one method per operator.</summary>
/// <remarks>
/// The caller (<see cref="Tensor"/> and <see cref="Fused"/>) has checked shapes, dtypes and devices, broadcast the inputs to one
/// shape by strides, and allocated the outputs. Outputs are contiguous unless said otherwise; inputs may have any strides.
/// An implementation may return before the work is done, as long as its own later operations see the result.
/// </remarks>
internal abstract partial class Backend
{
    // Copies and constants.

    /// <summary>destination = source, converting between dtypes; both may have any strides.</summary>
    public abstract void Copy(Tensor source, Tensor destination);

    /// <summary>All elements of <paramref name="destination"/> (any strides) = value.</summary>
    public abstract void Fill(Tensor destination, double value);

    /// <summary>
    /// Element i = low + (high − low)·u(word i of the stream, from block <paramref name="block"/> on), but not outside the numbers of y's dtype in
    /// [low, high): where rounding would give high, it is the largest number below.
    /// </summary>
    public abstract void Uniform(Tensor y, double low, double high, ulong key, ulong block);

    /// <summary>The smallest and the largest number of a float dtype in [low, high), which <see cref="Uniform"/> stays between.</summary>
    /// <exception cref="ConfigException">The bounds are not finite, in the wrong order, or no number of the dtype lies between them.</exception>
    protected static (double Least, double Most) UniformEnds(double low, double high, DType dtype) => HalfOpen.Ends(low, high, dtype, nameof(Uniform));

    /// <summary>Element i = mean + std·√(−2 ln u)·cos(2πv) with the stream's words 2i and 2i + 1.</summary>
    public abstract void Normal(Tensor y, double mean, double std, ulong key, ulong block);

    /// <summary>y = x / (1 − p) where word i of the stream as a number in [0, 1) is at least p, otherwise 0.</summary>
    public abstract void Dropout(Tensor x, Tensor y, double p, ulong key, ulong block);

    // One input, element by element.

    /// <summary>y = −x.</summary>
    public abstract void Negate(Tensor x, Tensor y);

    /// <summary>y = |x|.</summary>
    public abstract void Abs(Tensor x, Tensor y);

    /// <summary>y = eˣ.</summary>
    public abstract void Exp(Tensor x, Tensor y);

    /// <summary>y = ln x.</summary>
    public abstract void Log(Tensor x, Tensor y);

    /// <summary>y = √x.</summary>
    public abstract void Sqrt(Tensor x, Tensor y);

    /// <summary>y = sin x.</summary>
    public abstract void Sin(Tensor x, Tensor y);

    /// <summary>y = cos x.</summary>
    public abstract void Cos(Tensor x, Tensor y);

    /// <summary>y = tanh x.</summary>
    public abstract void Tanh(Tensor x, Tensor y);

    /// <summary>y = 1 / (1 + e⁻ˣ).</summary>
    public abstract void Sigmoid(Tensor x, Tensor y);

    /// <summary>y = erf x.</summary>
    public abstract void Erf(Tensor x, Tensor y);

    /// <summary>y = max(x, 0).</summary>
    public abstract void Relu(Tensor x, Tensor y);

    /// <summary>y = x·Φ(x), Φ the normal distribution function.</summary>
    public abstract void Gelu(Tensor x, Tensor y);

    /// <summary>y = x·σ(x), σ the logistic function.</summary>
    public abstract void Silu(Tensor x, Tensor y);

    // Their gradients where a formula of several operators would pass over memory several times.

    /// <summary>dx = dy·(1 − y²), y = tanh x.</summary>
    public abstract void TanhBackward(Tensor y, Tensor dy, Tensor dx);

    /// <summary>dx = dy·y·(1 − y), y = σ(x).</summary>
    public abstract void SigmoidBackward(Tensor y, Tensor dy, Tensor dx);

    /// <summary>dx = dy where x &gt; 0, otherwise 0.</summary>
    public abstract void ReluBackward(Tensor x, Tensor dy, Tensor dx);

    /// <summary>dx = dy·(Φ(x) + x·φ(x)).</summary>
    public abstract void GeluBackward(Tensor x, Tensor dy, Tensor dx);

    /// <summary>dx = dy·σ(x)·(1 + x·(1 − σ(x))).</summary>
    public abstract void SiluBackward(Tensor x, Tensor dy, Tensor dx);

    // Two inputs of one shape (stretched by strides), element by element.

    /// <summary>y = a + b.</summary>
    public abstract void Add(Tensor a, Tensor b, Tensor y);

    /// <summary>y = a − b.</summary>
    public abstract void Subtract(Tensor a, Tensor b, Tensor y);

    /// <summary>y = a·b.</summary>
    public abstract void Multiply(Tensor a, Tensor b, Tensor y);

    /// <summary>y = a / b.</summary>
    public abstract void Divide(Tensor a, Tensor b, Tensor y);

    /// <summary>y = aᵇ.</summary>
    public abstract void Pow(Tensor a, Tensor b, Tensor y);

    /// <summary>y = the larger of a and b; NaN if either is.</summary>
    public abstract void Maximum(Tensor a, Tensor b, Tensor y);

    /// <summary>y = the smaller of a and b; NaN if either is.</summary>
    public abstract void Minimum(Tensor a, Tensor b, Tensor y);

    /// <summary>y (Bool) = a == b.</summary>
    public abstract void Equal(Tensor a, Tensor b, Tensor y);

    /// <summary>y (Bool) = a &lt; b.</summary>
    public abstract void Less(Tensor a, Tensor b, Tensor y);

    /// <summary>y (Bool) = a &lt;= b.</summary>
    public abstract void LessOrEqual(Tensor a, Tensor b, Tensor y);

    /// <summary>y (Bool) = not x.</summary>
    public abstract void Not(Tensor x, Tensor y);

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

    // Tables.

    /// <summary>y[…, :] = table[indices[…], :].</summary>
    public abstract void Embedding(Tensor table, Tensor indices, Tensor y);

    /// <summary>dtable = 0, then dtable[indices[…], :] += dy[…, :], in the order of the indices.</summary>
    public abstract void EmbeddingBackward(Tensor indices, Tensor dy, Tensor dtable);

    /// <summary>The first index that is negative or not below <paramref name="limit"/>; null when all fit.</summary>
    public abstract long? FindOutside(Tensor indices, long limit);

    // Optimizers; the state and the parameter are contiguous and change in place.

    /// <summary>One AdamW step; see <see cref="Fused.AdamW(Tensor, Tensor, Tensor, Tensor, in AdamWStep)"/>.</summary>
    public abstract void AdamW(Tensor parameter, Tensor gradient, Tensor m, Tensor v, in AdamWStep step);

    /// <summary>The same step for many parameters, one after the other; a backend that gains by it takes them together.</summary>
    public virtual void AdamW(ReadOnlySpan<AdamWTensors> all, in AdamWStep step)
    {
        foreach ((Tensor parameter, Tensor gradient, Tensor m, Tensor v) in all) AdamW(parameter, gradient, m, v, step);
    }

    /// <summary>One SGD step with momentum; see <see cref="Fused.Sgd"/>.</summary>
    public abstract void Sgd(Tensor parameter, Tensor gradient, Tensor? velocity, in SgdStep step);

    /// <summary>Σ x², accumulated in F64 in a fixed order.</summary>
    public abstract double SumOfSquares(Tensor x);

    /// <summary>The sum of that over several tensors, one after the other; where the result must be waited for, it is waited for once.</summary>
    public virtual double SquaredNorm(ReadOnlySpan<Tensor> tensors)
    {
        double sum = 0;
        foreach (Tensor x in tensors) sum += SumOfSquares(x);
        return sum;
    }
}
