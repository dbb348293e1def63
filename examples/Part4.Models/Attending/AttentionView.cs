using MiniStack.Models;
using MiniStack.Nn;

namespace MiniStack.Examples.Models;

/// <summary>Where one head looks.</summary>
/// <param name="Layer">From 0.</param>
/// <param name="Head">From 0.</param>
/// <param name="Weights">[time, time]: row i is how position i shares its look among positions 0 to i; sums to 1.</param>
internal sealed record HeadView(int Layer, int Head, double[,] Weights)
{
    private int Time => Weights.GetLength(0);

    /// <summary>Mean share that falls so many positions back, of the positions that have one.</summary>
    public double Back(int distance) => Enumerable.Range(distance, Time - distance).Average(i => Weights[i, i - distance]);

    /// <summary>Mean number of positions that the look goes back.</summary>
    public double MeanDistance => Enumerable.Range(0, Time).Average(i => Enumerable.Range(0, i + 1).Sum(j => Weights[i, j] * (i - j)));

    /// <summary>The same of a head that looks at all alike: what no training gives.</summary>
    public static double UniformDistance(int time) => Enumerable.Range(0, time).Average(i => i / 2.0);

    /// <summary>Mean of e^entropy: among how many positions a look is shared, in effect.</summary>
    public double Spread => Enumerable.Range(0, Time).Average(i => Math.Exp(-Enumerable.Range(0, i + 1).Sum(j => Weights[i, j] > 0 ? Weights[i, j] * Math.Log(Weights[i, j]) : 0)));
}

/// <summary>Looks into a <see cref="Gpt"/> while it reads: the kernel of attention never has all its probabilities at once, so they are computed beside it.</summary>
internal static class AttentionView
{
    /// <summary>The weights of each head on one text, and how far their sums of values are from what the kernel returned.</summary>
    /// <param name="model">A model that evaluates.</param>
    /// <param name="tokens">At most its context.</param>
    public static (IReadOnlyList<HeadView> Heads, double Distance) Of(Gpt model, int[] tokens)
    {
        CausalSelfAttention[] layers = [.. model.Modules().Select(named => named.Module).OfType<CausalSelfAttention>()];
        List<HeadView> heads = [];
        double distance = 0;
        using MemoryScope scope = MemoryScope.Begin();
        using Tape.Pause pause = Tape.NoGrad();
        List<IDisposable> hooks = [];
        foreach ((int i, CausalSelfAttention layer) in layers.Index())
        {
            Tensor[] seen = [];
            hooks.Add(layer.QueryKeyValue.AfterForward((_, y) =>
            {
                seen = Look(y.Value, model.Config.Heads, i, heads);
                return y;
            }));
            hooks.Add(layer.Projection.BeforeForward(x =>
            {
                float[] kernel = x.Value.ToArray<float>(), here = Tensor.Concat(seen, axis: 1).ToArray<float>();
                distance = Math.Max(distance, kernel.Zip(here).Max(pair => Math.Abs(pair.First - pair.Second)));
                return x;
            }));
        }
        model.Call(Tensor.CopyOf([.. tokens.Select(token => (long)token)], [1, tokens.Length]));
        foreach (IDisposable hook in hooks) hook.Dispose();
        return (heads, distance);
    }

    /// <summary>softmax(q·kᵀ/√d) of each head, step by step.</summary>
    /// <param name="queryKeyValue">[1, time, 3·channels]: all heads' queries, then keys, then values.</param>
    /// <param name="count">Number of heads.</param>
    /// <param name="layer">For the views.</param>
    /// <param name="views">Gets one view a head.</param>
    /// <returns>For each head the sums of values, [time, d].</returns>
    private static Tensor[] Look(Tensor queryKeyValue, int count, int layer, List<HeadView> views)
    {
        int time = queryKeyValue.Shape[1], channels = queryKeyValue.Shape[2] / 3, d = channels / count;
        Tensor all = queryKeyValue.Select(0, 0);
        Tensor[] sums = new Tensor[count];
        for (int head = 0; head < count; head++)
        {
            Tensor query = Part(0), key = Part(1), value = Part(2);
            float[] scores = (query.MatMul(key.Transpose()) * (1 / Math.Sqrt(d))).ToArray<float>();
            for (int i = 0; i < time; i++) scores.AsSpan(i * time + i + 1, time - i - 1).Fill(float.NegativeInfinity); // nobody sees what comes later
            Tensor weights = Tensor.CopyOf(scores, [time, time]).Softmax();
            sums[head] = weights.MatMul(value);
            float[] numbers = weights.ToArray<float>();
            double[,] grid = new double[time, time];
            for (int i = 0; i < numbers.Length; i++) grid[i / time, i % time] = numbers[i];
            views.Add(new HeadView(layer, head, grid));

            Tensor Part(int which) => all.Slice(1, which * channels + head * d, d);
        }
        return sums;
    }
}
