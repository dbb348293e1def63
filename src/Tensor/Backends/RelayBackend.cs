using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>A backend that lets another one work on stand-ins of its tensors: inputs travel there, results travel back.</summary>
/// <remarks>One line an operator: what goes in, what comes out, and what does both because it changes in place.</remarks>
internal abstract partial class RelayBackend : Backend
{
    // Copies and constants. What a copy writes may have gaps, which stay as they are.
    public override void Copy(Tensor source, Tensor destination) { using Trip trip = Begin(); There.Copy(trip.In(source), trip.Change(destination)); }
    public override void Fill(Tensor destination, double value) { using Trip trip = Begin(); There.Fill(trip.Change(destination), value); }
    public override void Uniform(Tensor y, double low, double high, ulong key, ulong block) { using Trip trip = Begin(); There.Uniform(trip.Out(y), low, high, key, block); }
    public override void Normal(Tensor y, double mean, double std, ulong key, ulong block) { using Trip trip = Begin(); There.Normal(trip.Out(y), mean, std, key, block); }
    public override void Dropout(Tensor x, Tensor y, double p, ulong key, ulong block) { using Trip trip = Begin(); There.Dropout(trip.In(x), trip.Out(y), p, key, block); }

    // One input, element by element.
    public override void Negate(Tensor x, Tensor y) { using Trip trip = Begin(); There.Negate(trip.In(x), trip.Out(y)); }
    public override void Abs(Tensor x, Tensor y) { using Trip trip = Begin(); There.Abs(trip.In(x), trip.Out(y)); }
    public override void Exp(Tensor x, Tensor y) { using Trip trip = Begin(); There.Exp(trip.In(x), trip.Out(y)); }
    public override void Log(Tensor x, Tensor y) { using Trip trip = Begin(); There.Log(trip.In(x), trip.Out(y)); }
    public override void Sqrt(Tensor x, Tensor y) { using Trip trip = Begin(); There.Sqrt(trip.In(x), trip.Out(y)); }
    public override void Sin(Tensor x, Tensor y) { using Trip trip = Begin(); There.Sin(trip.In(x), trip.Out(y)); }
    public override void Cos(Tensor x, Tensor y) { using Trip trip = Begin(); There.Cos(trip.In(x), trip.Out(y)); }
    public override void Tanh(Tensor x, Tensor y) { using Trip trip = Begin(); There.Tanh(trip.In(x), trip.Out(y)); }
    public override void Sigmoid(Tensor x, Tensor y) { using Trip trip = Begin(); There.Sigmoid(trip.In(x), trip.Out(y)); }
    public override void Erf(Tensor x, Tensor y) { using Trip trip = Begin(); There.Erf(trip.In(x), trip.Out(y)); }
    public override void Relu(Tensor x, Tensor y) { using Trip trip = Begin(); There.Relu(trip.In(x), trip.Out(y)); }
    public override void Gelu(Tensor x, Tensor y) { using Trip trip = Begin(); There.Gelu(trip.In(x), trip.Out(y)); }
    public override void Silu(Tensor x, Tensor y) { using Trip trip = Begin(); There.Silu(trip.In(x), trip.Out(y)); }
    public override void TanhBackward(Tensor y, Tensor dy, Tensor dx) { using Trip trip = Begin(); There.TanhBackward(trip.In(y), trip.In(dy), trip.Out(dx)); }
    public override void SigmoidBackward(Tensor y, Tensor dy, Tensor dx) { using Trip trip = Begin(); There.SigmoidBackward(trip.In(y), trip.In(dy), trip.Out(dx)); }
    public override void ReluBackward(Tensor x, Tensor dy, Tensor dx) { using Trip trip = Begin(); There.ReluBackward(trip.In(x), trip.In(dy), trip.Out(dx)); }
    public override void GeluBackward(Tensor x, Tensor dy, Tensor dx) { using Trip trip = Begin(); There.GeluBackward(trip.In(x), trip.In(dy), trip.Out(dx)); }
    public override void SiluBackward(Tensor x, Tensor dy, Tensor dx) { using Trip trip = Begin(); There.SiluBackward(trip.In(x), trip.In(dy), trip.Out(dx)); }

    // Two inputs, element by element; y may be one of them.
    public override void Add(Tensor a, Tensor b, Tensor y) { using Trip trip = Begin(); There.Add(trip.In(a), trip.In(b), trip.Out(y)); }
    public override void Subtract(Tensor a, Tensor b, Tensor y) { using Trip trip = Begin(); There.Subtract(trip.In(a), trip.In(b), trip.Out(y)); }
    public override void Multiply(Tensor a, Tensor b, Tensor y) { using Trip trip = Begin(); There.Multiply(trip.In(a), trip.In(b), trip.Out(y)); }
    public override void Divide(Tensor a, Tensor b, Tensor y) { using Trip trip = Begin(); There.Divide(trip.In(a), trip.In(b), trip.Out(y)); }
    public override void Pow(Tensor a, Tensor b, Tensor y) { using Trip trip = Begin(); There.Pow(trip.In(a), trip.In(b), trip.Out(y)); }
    public override void Maximum(Tensor a, Tensor b, Tensor y) { using Trip trip = Begin(); There.Maximum(trip.In(a), trip.In(b), trip.Out(y)); }
    public override void Minimum(Tensor a, Tensor b, Tensor y) { using Trip trip = Begin(); There.Minimum(trip.In(a), trip.In(b), trip.Out(y)); }
    public override void Equal(Tensor a, Tensor b, Tensor y) { using Trip trip = Begin(); There.Equal(trip.In(a), trip.In(b), trip.Out(y)); }
    public override void Less(Tensor a, Tensor b, Tensor y) { using Trip trip = Begin(); There.Less(trip.In(a), trip.In(b), trip.Out(y)); }
    public override void LessOrEqual(Tensor a, Tensor b, Tensor y) { using Trip trip = Begin(); There.LessOrEqual(trip.In(a), trip.In(b), trip.Out(y)); }
    public override void Not(Tensor x, Tensor y) { using Trip trip = Begin(); There.Not(trip.In(x), trip.Out(y)); }
    public override void Where(Tensor condition, Tensor a, Tensor b, Tensor y) { using Trip trip = Begin(); There.Where(trip.In(condition), trip.In(a), trip.In(b), trip.Out(y)); }

    // Reductions.
    public override void Sum(Tensor x, Tensor y) { using Trip trip = Begin(); There.Sum(trip.In(x), trip.Out(y)); }
    public override void Max(Tensor x, Tensor y) { using Trip trip = Begin(); There.Max(trip.In(x), trip.Out(y)); }
    public override void Min(Tensor x, Tensor y) { using Trip trip = Begin(); There.Min(trip.In(x), trip.Out(y)); }
    public override void ArgMax(Tensor x, Tensor y) { using Trip trip = Begin(); There.ArgMax(trip.In(x), trip.Out(y)); }

    // Products.
    public override void MatMul(Tensor a, Tensor b, Tensor c, bool accumulate) { using Trip trip = Begin(); There.MatMul(trip.In(a), trip.In(b), accumulate ? trip.Change(c) : trip.Out(c), accumulate); }
    public override void Linear(Tensor x, Tensor weight, Tensor? bias, Tensor y) { using Trip trip = Begin(); There.Linear(trip.In(x), trip.In(weight), trip.InIf(bias), trip.Out(y)); }
    public override void LinearGelu(Tensor x, Tensor weight, Tensor? bias, Tensor h, Tensor y) { using Trip trip = Begin(); Tensor result = trip.Out(y); There.LinearGelu(trip.In(x), trip.In(weight), trip.InIf(bias), h == y ? result : trip.Out(h), result); }

    // Rows.
    public override void Softmax(Tensor x, Tensor y) { using Trip trip = Begin(); There.Softmax(trip.In(x), trip.Out(y)); }
    public override void SoftmaxBackward(Tensor y, Tensor dy, Tensor dx) { using Trip trip = Begin(); There.SoftmaxBackward(trip.In(y), trip.In(dy), trip.Out(dx)); }
    public override void LogSoftmax(Tensor x, Tensor y) { using Trip trip = Begin(); There.LogSoftmax(trip.In(x), trip.Out(y)); }
    public override void LayerNorm(Tensor x, Tensor weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor rstd) { using Trip trip = Begin(); There.LayerNorm(trip.In(x), trip.In(weight), trip.InIf(bias), epsilon, trip.Out(y), trip.Out(mean), trip.Out(rstd)); }
    public override void LayerNormBackward(Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight, Tensor? dbias) { using Trip trip = Begin(); There.LayerNormBackward(trip.In(x), trip.In(weight), trip.In(mean), trip.In(rstd), trip.In(dy), trip.Out(dx), trip.Out(dweight), dbias is null ? null : trip.Out(dbias)); }
    public override void RmsNorm(Tensor x, Tensor weight, double epsilon, Tensor y, Tensor rstd) { using Trip trip = Begin(); There.RmsNorm(trip.In(x), trip.In(weight), epsilon, trip.Out(y), trip.Out(rstd)); }
    public override void RmsNormBackward(Tensor x, Tensor weight, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight) { using Trip trip = Begin(); There.RmsNormBackward(trip.In(x), trip.In(weight), trip.In(rstd), trip.In(dy), trip.Out(dx), trip.Out(dweight)); }
    public override void CrossEntropy(Tensor logits, Tensor targets, Tensor losses, Tensor logSumExp) { using Trip trip = Begin(); There.CrossEntropy(trip.In(logits), trip.In(targets), trip.Out(losses), trip.Out(logSumExp)); }
    public override void CrossEntropyBackward(Tensor logits, Tensor targets, Tensor logSumExp, Tensor dlosses, Tensor dlogits) { using Trip trip = Begin(); There.CrossEntropyBackward(trip.In(logits), trip.In(targets), trip.In(logSumExp), trip.In(dlosses), trip.Out(dlogits)); }

    // Attention; results may lie between others, which stay as they are.
    public override void Attention(Tensor q, Tensor k, Tensor v, bool causal, double scale, Tensor y, Tensor logSumExp) { using Trip trip = Begin(); There.Attention(trip.In(q), trip.In(k), trip.In(v), causal, scale, trip.Change(y), trip.Out(logSumExp)); }
    public override void AttentionBackward(Tensor q, Tensor k, Tensor v, Tensor y, Tensor logSumExp, Tensor dy, bool causal, double scale, Tensor dq, Tensor dk, Tensor dv) { using Trip trip = Begin(); There.AttentionBackward(trip.In(q), trip.In(k), trip.In(v), trip.In(y), trip.In(logSumExp), trip.In(dy), causal, scale, trip.Change(dq), trip.Change(dk), trip.Change(dv)); }

    // Tables.
    public override void Embedding(Tensor table, Tensor indices, Tensor y) { using Trip trip = Begin(); There.Embedding(trip.In(table), trip.In(indices), trip.Out(y)); }
    public override void EmbeddingBackward(Tensor indices, Tensor dy, Tensor dtable) { using Trip trip = Begin(); There.EmbeddingBackward(trip.In(indices), trip.In(dy), trip.Out(dtable)); }
    public override long? FindOutside(Tensor indices, long limit) { using Trip trip = Begin(); return There.FindOutside(trip.In(indices), limit); }

    // Optimizers.
    public override void AdamW(Tensor parameter, Tensor gradient, Tensor m, Tensor v, in AdamWStep step) { using Trip trip = Begin(); There.AdamW(trip.Change(parameter), trip.In(gradient), trip.Change(m), trip.Change(v), step); }
    public override void Sgd(Tensor parameter, Tensor gradient, Tensor? velocity, in SgdStep step) { using Trip trip = Begin(); There.Sgd(trip.Change(parameter), trip.In(gradient), velocity is null ? null : trip.Change(velocity), step); }
    public override double SumOfSquares(Tensor x) { using Trip trip = Begin(); return There.SumOfSquares(trip.In(x)); }

    /// <summary>Who works.</summary>
    protected abstract Backend There { get; }

    /// <summary>Hears which operator is about to travel.</summary>
    protected abstract void Announce(string name);

    /// <summary>A tensor of the other device that stands for one of this.</summary>
    /// <param name="tensor">Of this device.</param>
    /// <param name="withContent">False when it will be written only.</param>
    protected abstract Tensor Send(Tensor tensor, bool withContent);

    /// <summary>Writes what became of a tensor that was sent.</summary>
    protected abstract void Return(Tensor sent, Tensor tensor);

    private Trip Begin([CallerMemberName] string name = "")
    {
        Announce(name);
        return new Trip(this);
    }

    /// <summary>One operator: what it wrote travels back at the end.</summary>
    private sealed class Trip(RelayBackend relay) : IDisposable
    {
        private readonly MemoryScope _scope = MemoryScope.Begin();
        private readonly List<(Tensor Sent, Tensor Original)> _results = [];

        public Tensor In(Tensor tensor) => relay.Send(tensor, withContent: true);

        public Tensor? InIf(Tensor? tensor) => tensor is null ? null : In(tensor);

        public Tensor Out(Tensor tensor) => Result(tensor, withContent: false);

        public Tensor Change(Tensor tensor) => Result(tensor, withContent: true);

        public void Dispose()
        {
            foreach ((Tensor sent, Tensor original) in _results) relay.Return(sent, original);
            _scope.Dispose();
        }

        private Tensor Result(Tensor tensor, bool withContent)
        {
            Tensor sent = relay.Send(tensor, withContent);
            _results.Add((sent, tensor));
            return sent;
        }
    }
}
