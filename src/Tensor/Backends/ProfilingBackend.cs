using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>A backend that reports each operator to the thread's <see cref="Profiler"/> and lets another do the work.</summary>
/// <remarks>
/// One line an operator: its FLOPs (see <see cref="Profiler"/>; <see cref="None"/> for what is no arithmetic), then the tensors that it
/// reads and those that it writes. A tensor that changes in place stands in the list twice; of a table, as many bytes are read as come out.
/// </remarks>
internal sealed partial class ProfilingBackend(Backend inner) : Backend
{
    private const double None = double.NaN;

    // Copies and constants.
    public override void Copy(Tensor source, Tensor destination) { using (Watch(None, [source, destination])) inner.Copy(source, destination); }
    public override void Fill(Tensor destination, double value) { using (Watch(None, [destination])) inner.Fill(destination, value); }
    public override void Uniform(Tensor y, double low, double high, ulong key, ulong block) { using (Watch(None, [y])) inner.Uniform(y, low, high, key, block); }
    public override void Normal(Tensor y, double mean, double std, ulong key, ulong block) { using (Watch(None, [y])) inner.Normal(y, mean, std, key, block); }
    public override void Dropout(Tensor x, Tensor y, double p, ulong key, ulong block) { using (Watch(1.0 * y.Count, [x, y])) inner.Dropout(x, y, p, key, block); }

    // One input, element by element.
    public override void Negate(Tensor x, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.Negate(x, y); }
    public override void Abs(Tensor x, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.Abs(x, y); }
    public override void Exp(Tensor x, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.Exp(x, y); }
    public override void Log(Tensor x, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.Log(x, y); }
    public override void Sqrt(Tensor x, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.Sqrt(x, y); }
    public override void Sin(Tensor x, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.Sin(x, y); }
    public override void Cos(Tensor x, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.Cos(x, y); }
    public override void Tanh(Tensor x, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.Tanh(x, y); }
    public override void Sigmoid(Tensor x, Tensor y) { using (Watch(4.0 * y.Count, [x, y])) inner.Sigmoid(x, y); }
    public override void Erf(Tensor x, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.Erf(x, y); }
    public override void Relu(Tensor x, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.Relu(x, y); }
    public override void Gelu(Tensor x, Tensor y) { using (Watch(5.0 * y.Count, [x, y])) inner.Gelu(x, y); }
    public override void Silu(Tensor x, Tensor y) { using (Watch(4.0 * y.Count, [x, y])) inner.Silu(x, y); }
    public override void TanhBackward(Tensor y, Tensor dy, Tensor dx) { using (Watch(3.0 * dx.Count, [y, dy, dx])) inner.TanhBackward(y, dy, dx); }
    public override void SigmoidBackward(Tensor y, Tensor dy, Tensor dx) { using (Watch(3.0 * dx.Count, [y, dy, dx])) inner.SigmoidBackward(y, dy, dx); }
    public override void ReluBackward(Tensor x, Tensor dy, Tensor dx) { using (Watch(1.0 * dx.Count, [x, dy, dx])) inner.ReluBackward(x, dy, dx); }
    public override void SiluBackward(Tensor x, Tensor dy, Tensor dx) { using (Watch(9.0 * dx.Count, [x, dy, dx])) inner.SiluBackward(x, dy, dx); }
    public override void GeluBackward(Tensor x, Tensor dy, Tensor dx) { using (Watch(11.0 * dx.Count, [x, dy, dx])) inner.GeluBackward(x, dy, dx); }

    // Two inputs, element by element.
    public override void Add(Tensor a, Tensor b, Tensor y) { using (Watch(1.0 * y.Count, [a, b, y])) inner.Add(a, b, y); }
    public override void Subtract(Tensor a, Tensor b, Tensor y) { using (Watch(1.0 * y.Count, [a, b, y])) inner.Subtract(a, b, y); }
    public override void Multiply(Tensor a, Tensor b, Tensor y) { using (Watch(1.0 * y.Count, [a, b, y])) inner.Multiply(a, b, y); }
    public override void Divide(Tensor a, Tensor b, Tensor y) { using (Watch(1.0 * y.Count, [a, b, y])) inner.Divide(a, b, y); }
    public override void Pow(Tensor a, Tensor b, Tensor y) { using (Watch(1.0 * y.Count, [a, b, y])) inner.Pow(a, b, y); }
    public override void Maximum(Tensor a, Tensor b, Tensor y) { using (Watch(1.0 * y.Count, [a, b, y])) inner.Maximum(a, b, y); }
    public override void Minimum(Tensor a, Tensor b, Tensor y) { using (Watch(1.0 * y.Count, [a, b, y])) inner.Minimum(a, b, y); }
    public override void Equal(Tensor a, Tensor b, Tensor y) { using (Watch(None, [a, b, y])) inner.Equal(a, b, y); }
    public override void Less(Tensor a, Tensor b, Tensor y) { using (Watch(None, [a, b, y])) inner.Less(a, b, y); }
    public override void LessOrEqual(Tensor a, Tensor b, Tensor y) { using (Watch(None, [a, b, y])) inner.LessOrEqual(a, b, y); }
    public override void Not(Tensor x, Tensor y) { using (Watch(None, [x, y])) inner.Not(x, y); }
    public override void Where(Tensor condition, Tensor a, Tensor b, Tensor y) { using (Watch(None, [condition, a, b, y])) inner.Where(condition, a, b, y); }

    // Reductions.
    public override void Sum(Tensor x, Tensor y) { using (Watch(1.0 * x.Count, [x, y])) inner.Sum(x, y); }
    public override void Max(Tensor x, Tensor y) { using (Watch(1.0 * x.Count, [x, y])) inner.Max(x, y); }
    public override void Min(Tensor x, Tensor y) { using (Watch(1.0 * x.Count, [x, y])) inner.Min(x, y); }
    public override void ArgMax(Tensor x, Tensor y) { using (Watch(None, [x, y])) inner.ArgMax(x, y); }

    // Products.
    public override void MatMul(Tensor a, Tensor b, Tensor c, bool accumulate) { using (Watch(2.0 * c.Count * a.Shape[^1], [a, b, c])) inner.MatMul(a, b, c, accumulate); }
    public override void Linear(Tensor x, Tensor weight, Tensor? bias, Tensor y) { using (Watch(2.0 * y.Count * x.Shape[^1] + (bias is null ? 0 : y.Count), [x, weight, bias, y])) inner.Linear(x, weight, bias, y); }
    public override void LinearGelu(Tensor x, Tensor weight, Tensor? bias, Tensor h, Tensor y) { using (Watch(2.0 * y.Count * x.Shape[^1] + (bias is null ? 1.0 : 2.0) * y.Count, h == y ? [x, weight, bias, y] : [x, weight, bias, h, y])) inner.LinearGelu(x, weight, bias, h, y); }

    // Rows: softmax is max, −, exp, Σ, ÷; layer norm is Σ for the mean, − × Σ for the variance, − × for x̂, × + for weight and bias.
    public override void Softmax(Tensor x, Tensor y) { using (Watch(5.0 * y.Count, [x, y])) inner.Softmax(x, y); }
    public override void SoftmaxBackward(Tensor y, Tensor dy, Tensor dx) { using (Watch(4.0 * dx.Count, [y, dy, dx])) inner.SoftmaxBackward(y, dy, dx); }
    public override void LogSoftmax(Tensor x, Tensor y) { using (Watch(5.0 * y.Count, [x, y])) inner.LogSoftmax(x, y); }
    public override void LayerNorm(Tensor x, Tensor weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor rstd) { using (Watch((bias is null ? 7.0 : 8.0) * y.Count, [x, weight, bias, y, mean, rstd])) inner.LayerNorm(x, weight, bias, epsilon, y, mean, rstd); }
    public override void LayerNormBackward(Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight, Tensor? dbias) { using (Watch((dbias is null ? 12.0 : 13.0) * dx.Count, [x, weight, mean, rstd, dy, dx, dweight, dbias])) inner.LayerNormBackward(x, weight, mean, rstd, dy, dx, dweight, dbias); }
    public override void RmsNorm(Tensor x, Tensor weight, double epsilon, Tensor y, Tensor rstd) { using (Watch(4.0 * y.Count, [x, weight, y, rstd])) inner.RmsNorm(x, weight, epsilon, y, rstd); }
    public override void RmsNormBackward(Tensor x, Tensor weight, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight) { using (Watch(9.0 * dx.Count, [x, weight, rstd, dy, dx, dweight])) inner.RmsNormBackward(x, weight, rstd, dy, dx, dweight); }
    public override void CrossEntropy(Tensor logits, Tensor targets, Tensor losses, Tensor logSumExp) { using (Watch(4.0 * logits.Count, [logits, targets, losses, logSumExp])) inner.CrossEntropy(logits, targets, losses, logSumExp); }
    public override void CrossEntropyBackward(Tensor logits, Tensor targets, Tensor logSumExp, Tensor dlosses, Tensor dlogits) { using (Watch(3.0 * logits.Count, [logits, targets, logSumExp, dlosses, dlogits])) inner.CrossEntropyBackward(logits, targets, logSumExp, dlosses, dlogits); }

    // Attention: of each pair that is seen, two products and a softmax forward, five products and the softmax's gradient backward.
    public override void Attention(Tensor q, Tensor k, Tensor v, bool causal, double scale, Tensor y, Tensor logSumExp) { using (Watch((4.0 * q.Shape[^1] + 5) * Pairs(q, k, causal), [q, k, v, y, logSumExp])) inner.Attention(q, k, v, causal, scale, y, logSumExp); }
    public override void AttentionBackward(Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, Tensor dy, bool causal, double scale, Tensor dq, Tensor dk, Tensor dv) { using (Watch((10.0 * q.Shape[^1] + 8) * Pairs(q, k, causal), [q, k, v, y, logSumExp, dy, dq, dk, dv])) inner.AttentionBackward(q, k, v, y, logSumExp, dy, causal, scale, dq, dk, dv); }

    // Tables.
    public override void Embedding(Tensor table, Tensor indices, Tensor y) { using (Watch(None, [y, indices, y])) inner.Embedding(table, indices, y); }
    public override void EmbeddingBackward(Tensor indices, Tensor dy, Tensor dtable) { using (Watch(1.0 * dy.Count, [indices, dy, dtable])) inner.EmbeddingBackward(indices, dy, dtable); }
    public override long? FindOutside(Tensor indices, long limit) { using (Watch(None, [indices])) return inner.FindOutside(indices, limit); }

    // Optimizers: AdamW is 3 for m, 4 for v, 1 for the decay and 7 for the step.
    public override void AdamW(Tensor parameter, Tensor gradient, Tensor m, Tensor v, in AdamWStep step) { using (Watch(15.0 * parameter.Count, [parameter, gradient, m, v, parameter, m, v])) inner.AdamW(parameter, gradient, m, v, step); }
    public override void AdamW(ReadOnlySpan<AdamWTensors> all, in AdamWStep step) { using (Watch(15.0 * ElementsOf(all), TensorsOf(all))) inner.AdamW(all, step); }
    public override void Sgd(Tensor parameter, Tensor gradient, Tensor? velocity, in SgdStep step) { using (Watch((velocity is null ? 4.0 : 6.0) * parameter.Count, [parameter, gradient, velocity, parameter, velocity])) inner.Sgd(parameter, gradient, velocity, step); }
    public override double SumOfSquares(Tensor x) { using (Watch(2.0 * x.Count, [x])) return inner.SumOfSquares(x); }
    public override double SquaredNorm(ReadOnlySpan<Tensor> tensors) { using (Watch(2.0 * tensors.ToArray().Sum(x => x.Count), tensors)) return inner.SquaredNorm(tensors); }

    /// <summary>What a step reads and writes, each in its turn.</summary>
    private static Tensor[] TensorsOf(ReadOnlySpan<AdamWTensors> all) =>
        [.. all.ToArray().SelectMany(one => new[] { one.Parameter, one.Gradient, one.M, one.V, one.Parameter, one.M, one.V })];

    private static long ElementsOf(ReadOnlySpan<AdamWTensors> all) => all.ToArray().Sum(one => one.Parameter.Count);

    /// <summary>Queries times the keys that each of them sees, over all heads.</summary>
    private static double Pairs(Tensor q, Tensor k, bool causal)
    {
        double queries = q.Shape[^2], keys = k.Shape[^2], heads = (double)q.Shape[0] * q.Shape[1];
        return heads * (causal ? queries * (keys - queries) + queries * (queries + 1) / 2 : queries * keys);
    }

    /// <summary>Starts the clock of one call.</summary>
    private static Call Watch(double flops, ReadOnlySpan<Tensor?> tensors, [CallerMemberName] string name = "")
    {
        if (Profiler.Current is not { } profiler) return default;
        long bytes = 0;
        foreach (Tensor? tensor in tensors) bytes += tensor is null ? 0 : BytesOf(tensor);
        return new Call(profiler, name, profiler.ShapesOf(tensors), bytes, flops, Stopwatch.GetTimestamp());
    }

    /// <summary>Bytes of the different elements: an axis that is stretched by a stride of 0 has one.</summary>
    private static long BytesOf(Tensor tensor)
    {
        long count = 1;
        for (int axis = 0; axis < tensor.Rank; axis++)
            if (tensor.Strides[axis] != 0 || tensor.Shape[axis] == 0) count *= tensor.Shape[axis];
        return count * tensor.DType.Size();
    }

    private readonly ref struct Call(Profiler? profiler, string name, string shapes, long bytes, double flops, long start)
    {
        public void Dispose() => profiler?.Add(name, shapes, start, Stopwatch.GetTimestamp(), bytes, flops);
    }
}
