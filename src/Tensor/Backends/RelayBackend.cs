using System.Runtime.CompilerServices;
using MiniStack.Operators;

namespace MiniStack;

/// <summary>A backend that lets another one work on stand-ins of its tensors: inputs travel there, results travel back.</summary>
/// <remarks>Each operator says what goes in, what comes out, and what does both because it changes in place.</remarks>
internal abstract class RelayBackend : Backend
{
    // Copies and constants. What a copy writes may have gaps, which stay as they are.
    public override void Copy(Tensor source, Tensor destination)
    {
        using Trip t = Begin(); There.Copy(t.In(source), t.Change(destination));
    }

    public override void Fill(Tensor destination, double value) { using Trip t = Begin(); There.Fill(t.Change(destination), value); }

    public override void Uniform(Tensor y, double low, double high, ulong key, ulong block)
    {
        using Trip t = Begin(); There.Uniform(t.Out(y), low, high, key, block);
    }

    public override void Normal(Tensor y, double mean, double std, ulong key, ulong block)
    {
        using Trip t = Begin(); There.Normal(t.Out(y), mean, std, key, block);
    }

    public override void Dropout(Tensor x, Tensor y, double p, ulong key, ulong block)
    {
        using Trip t = Begin(); There.Dropout(t.In(x), t.Out(y), p, key, block);
    }

    // Element by element; y may be an input.
    public override void Unary<TOperator>(Tensor x, Tensor y)
    {
        using Trip t = Begin(typeof(TOperator).Name); There.Unary<TOperator>(t.In(x), t.Out(y));
    }

    public override void Binary<TOperator>(Tensor a, Tensor b, Tensor y)
    {
        using Trip t = Begin(typeof(TOperator).Name); There.Binary<TOperator>(t.In(a), t.In(b), t.Out(y));
    }

    public override void Compare<TComparison>(Tensor a, Tensor b, Tensor y)
    {
        using Trip t = Begin(typeof(TComparison).Name); There.Compare<TComparison>(t.In(a), t.In(b), t.Out(y));
    }

    public override void Where(Tensor condition, Tensor a, Tensor b, Tensor y)
    {
        using Trip t = Begin(); There.Where(t.In(condition), t.In(a), t.In(b), t.Out(y));
    }

    // Reductions.
    public override void Sum(Tensor x, Tensor y) { using Trip t = Begin(); There.Sum(t.In(x), t.Out(y)); }
    public override void Max(Tensor x, Tensor y) { using Trip t = Begin(); There.Max(t.In(x), t.Out(y)); }
    public override void Min(Tensor x, Tensor y) { using Trip t = Begin(); There.Min(t.In(x), t.Out(y)); }
    public override void ArgMax(Tensor x, Tensor y) { using Trip t = Begin(); There.ArgMax(t.In(x), t.Out(y)); }

    // Products.
    public override void MatMul(Tensor a, Tensor b, Tensor c, bool accumulate)
    {
        using Trip t = Begin(); There.MatMul(t.In(a), t.In(b), accumulate ? t.Change(c) : t.Out(c), accumulate);
    }

    public override void Linear(Tensor x, Tensor weight, Tensor? bias, Tensor y)
    {
        using Trip t = Begin(); There.Linear(t.In(x), t.In(weight), t.InIf(bias), t.Out(y));
    }

    public override void LinearGelu(Tensor x, Tensor weight, Tensor? bias, Tensor h, Tensor y)
    {
        using Trip t = Begin();
        Tensor result = t.Out(y);
        There.LinearGelu(t.In(x), t.In(weight), t.InIf(bias), h == y ? result : t.Out(h), result);
    }

    // Rows.
    public override void Softmax(Tensor x, Tensor y) { using Trip t = Begin(); There.Softmax(t.In(x), t.Out(y)); }

    public override void SoftmaxBackward(Tensor y, Tensor dy, Tensor dx)
    {
        using Trip t = Begin(); There.SoftmaxBackward(t.In(y), t.In(dy), t.Out(dx));
    }

    public override void LogSoftmax(Tensor x, Tensor y) { using Trip t = Begin(); There.LogSoftmax(t.In(x), t.Out(y)); }

    public override void LayerNorm(Tensor x, Tensor weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor rstd)
    {
        using Trip t = Begin(); There.LayerNorm(t.In(x), t.In(weight), t.InIf(bias), epsilon, t.Out(y), t.Out(mean), t.Out(rstd));
    }

    public override void LayerNormBackward(
        Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight, Tensor? dbias)
    {
        using Trip t = Begin();
        There.LayerNormBackward(t.In(x), t.In(weight), t.In(mean), t.In(rstd), t.In(dy), t.Out(dx), t.Out(dweight), t.OutIf(dbias));
    }

    public override void RmsNorm(Tensor x, Tensor weight, double epsilon, Tensor y, Tensor rstd)
    {
        using Trip t = Begin(); There.RmsNorm(t.In(x), t.In(weight), epsilon, t.Out(y), t.Out(rstd));
    }

    public override void RmsNormBackward(Tensor x, Tensor weight, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight)
    {
        using Trip t = Begin(); There.RmsNormBackward(t.In(x), t.In(weight), t.In(rstd), t.In(dy), t.Out(dx), t.Out(dweight));
    }

    public override void CrossEntropy(Tensor logits, Tensor targets, Tensor losses, Tensor logSumExp)
    {
        using Trip t = Begin(); There.CrossEntropy(t.In(logits), t.In(targets), t.Out(losses), t.Out(logSumExp));
    }

    public override void CrossEntropyBackward(Tensor logits, Tensor targets, Tensor logSumExp, Tensor dlosses, Tensor dlogits)
    {
        using Trip t = Begin(); There.CrossEntropyBackward(t.In(logits), t.In(targets), t.In(logSumExp), t.In(dlosses), t.Out(dlogits));
    }

    // Attention; results may lie between others, which stay as they are.
    public override void Attention(Tensor q, Tensor k, Tensor v, bool causal, double scale, Tensor y, Tensor logSumExp)
    {
        using Trip t = Begin(); There.Attention(t.In(q), t.In(k), t.In(v), causal, scale, t.Change(y), t.Out(logSumExp));
    }

    public override void AttentionBackward(
        Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, Tensor dy, bool causal, double scale, Tensor dq, Tensor dk, Tensor dv)
    {
        using Trip t = Begin();
        There.AttentionBackward(
            t.In(q), t.In(k), t.In(v), t.In(y), t.In(logSumExp), t.In(dy), causal, scale, t.Change(dq), t.Change(dk), t.Change(dv));
    }

    // Tables.
    public override void Embedding(Tensor table, Tensor indices, Tensor y)
    {
        using Trip t = Begin(); There.Embedding(t.In(table), t.In(indices), t.Out(y));
    }

    public override void EmbeddingBackward(Tensor indices, Tensor dy, Tensor dtable)
    {
        using Trip t = Begin(); There.EmbeddingBackward(t.In(indices), t.In(dy), t.Out(dtable));
    }

    public override long? FindOutside(Tensor indices, long limit)
    {
        using Trip t = Begin(); return There.FindOutside(t.In(indices), limit);
    }

    // Convolution.
    public override void Conv2d(Tensor x, Tensor weight, Tensor? bias, Tensor y, in ConvOptions options)
    {
        using Trip t = Begin(); There.Conv2d(t.In(x), t.In(weight), t.InIf(bias), t.Out(y), options);
    }

    public override void ConvTranspose2d(Tensor x, Tensor weight, Tensor? bias, Tensor y, in ConvOptions options)
    {
        using Trip t = Begin(); There.ConvTranspose2d(t.In(x), t.In(weight), t.InIf(bias), t.Out(y), options);
    }

    public override void Conv2dWeightGradient(Tensor x, Tensor dy, Tensor dweight, in ConvOptions options)
    {
        using Trip t = Begin(); There.Conv2dWeightGradient(t.In(x), t.In(dy), t.Out(dweight), options);
    }

    // Index.
    public override void Gather(Tensor x, Tensor indices, Tensor y)
    {
        using Trip t = Begin(); There.Gather(t.In(x), t.In(indices), t.Out(y));
    }

    public override void ScatterAdd(Tensor indices, Tensor source, Tensor y, bool accumulate)
    {
        using Trip t = Begin(); There.ScatterAdd(t.In(indices), t.In(source), accumulate ? t.Change(y) : t.Out(y), accumulate);
    }

    // Losses.
    public override void CtcLoss(
        Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor losses, Tensor alpha)
    {
        using Trip t = Begin();
        There.CtcLoss(t.In(logProbabilities), t.In(targets), t.In(inputLengths), t.In(targetLengths), blank, t.Out(losses), t.Out(alpha));
    }

    public override void CtcLossBackward(
        Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor alpha, Tensor dlosses,
        Tensor dlogProbabilities)
    {
        using Trip t = Begin();
        There.CtcLossBackward(
            t.In(logProbabilities), t.In(targets), t.In(inputLengths), t.In(targetLengths), blank, t.In(alpha), t.In(dlosses),
            t.Out(dlogProbabilities));
    }

    // Norms.
    public override void BatchNorm(Tensor x, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance)
    {
        using Trip t = Begin(); There.BatchNorm(t.In(x), t.InIf(weight), t.InIf(bias), epsilon, t.Out(y), t.Out(mean), t.Out(variance));
    }

    public override void BatchNormBackward(
        Tensor x, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias)
    {
        using Trip t = Begin();
        There.BatchNormBackward(
            t.In(x), t.InIf(weight), epsilon, t.In(mean), t.In(variance), t.In(dy), t.Out(dx), t.Out(dweight), t.Out(dbias));
    }

    public override void GroupNorm(
        Tensor x, int groups, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance)
    {
        using Trip t = Begin();
        There.GroupNorm(t.In(x), groups, t.InIf(weight), t.InIf(bias), epsilon, t.Out(y), t.Out(mean), t.Out(variance));
    }

    public override void GroupNormBackward(
        Tensor x, int groups, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight,
        Tensor dbias)
    {
        using Trip t = Begin();
        There.GroupNormBackward(
            t.In(x), groups, t.InIf(weight), epsilon, t.In(mean), t.In(variance), t.In(dy), t.Out(dx), t.Out(dweight), t.Out(dbias));
    }

    // Pooling.
    public override void Resample2d(Tensor x, Resampling rows, Resampling columns, Tensor y)
    {
        using Trip t = Begin(); There.Resample2d(t.In(x), rows, columns, t.Out(y));
    }

    public override void MaxPool2d(Tensor x, Resampling rows, Resampling columns, Tensor y, Tensor? indices)
    {
        using Trip t = Begin(); There.MaxPool2d(t.In(x), rows, columns, t.Out(y), t.OutIf(indices));
    }

    public override void RotaryEmbedding(Tensor x, Tensor cos, Tensor sin, bool interleaved, bool back, Tensor y)
    {
        using Trip t = Begin(); There.RotaryEmbedding(t.In(x), t.In(cos), t.In(sin), interleaved, back, t.Out(y));
    }

    // Sort.
    public override void Sort(Tensor x, bool descending, Tensor values, Tensor indices)
    {
        using Trip t = Begin(); There.Sort(t.In(x), descending, t.Out(values), t.Out(indices));
    }

    public override void TopK(Tensor x, bool largest, Tensor values, Tensor indices)
    {
        using Trip t = Begin(); There.TopK(t.In(x), largest, t.Out(values), t.Out(indices));
    }

    public override void CumSum(Tensor x, int axis, bool reverse, Tensor y)
    {
        using Trip t = Begin(); There.CumSum(t.In(x), axis, reverse, t.Out(y));
    }

    public override void BinCount(Tensor x, Tensor counts) { using Trip t = Begin(); There.BinCount(t.In(x), t.Out(counts)); }

    // Statistics.
    public override void LogSumExp(Tensor x, Tensor y) { using Trip t = Begin(); There.LogSumExp(t.In(x), t.Out(y)); }

    public override void Variance(Tensor x, double correction, Tensor y)
    {
        using Trip t = Begin(); There.Variance(t.In(x), correction, t.Out(y));
    }

    // Optimizers.
    public override void AdamW(ReadOnlySpan<AdamWTensors> all, in AdamWStep step)
    {
        using Trip t = Begin();
        AdamWTensors[] sent = new AdamWTensors[all.Length];
        for (int i = 0; i < all.Length; i++)
            sent[i] = new(t.Change(all[i].Parameter), t.In(all[i].Gradient), t.Change(all[i].M), t.Change(all[i].V));
        There.AdamW(sent, step);
    }

    public override void Sgd(Tensor parameter, Tensor gradient, Tensor? velocity, in SgdStep step)
    {
        using Trip t = Begin(); There.Sgd(t.Change(parameter), t.In(gradient), t.ChangeIf(velocity), step);
    }

    public override double SquaredNorm(ReadOnlySpan<Tensor> tensors)
    {
        using Trip t = Begin(); return There.SquaredNorm([.. tensors.ToArray().Select(t.In)]);
    }

    /// <summary>Who works.</summary>
    protected abstract Backend There { get; }

    /// <summary>Hears which operator is about to travel.</summary>
    protected internal abstract void Announce(string name);

    /// <summary>A tensor of the other device that stands for one of this; without content when it will be written only.</summary>
    protected internal abstract Tensor Send(Tensor tensor, bool withContent);

    /// <summary>Writes what became of a tensor that was sent.</summary>
    protected internal abstract void Return(Tensor sent, Tensor tensor);

    private Trip Begin([CallerMemberName] string name = "") => new(this, name);
}
