using MiniStack.Models;

namespace MiniStack.Examples.Models;

/// <summary>What a <see cref="Gpt"/> and a training step of it cost, from its sizes alone.</summary>
/// <param name="Sizes">Of the model.</param>
/// <param name="Batch">Sequences a step, each as long as the context.</param>
internal sealed record GptCost(GptConfig Sizes, int Batch)
{
    private double C => Sizes.Channels;

    private double T => Sizes.Context;

    private double V => Sizes.VocabularySize;

    private double L => Sizes.Layers;

    private double Tokens => Batch * T;

    private double Biases => Sizes.Bias ? 1 : 0;

    /// <summary>Attention has 4C² weights, the network 8C², and each of two norms C; biases add 9C for the products and 2C for the norms.</summary>
    public double Block => 12 * C * C + 2 * C + Biases * 11 * C;

    /// <summary>Two tables, the blocks and the last norm. The head is the table of tokens.</summary>
    public double Parameters => (V + T) * C + L * Block + C + Biases * C;

    /// <summary>Each weight of a product multiplies and adds once for each token; each of T·(T + 1)/2 pairs of positions costs a product of queries with keys
    /// and one with values.</summary>
    public double ForwardFlops => 2 * Tokens * (L * 12 * C * C + V * C) + Batch * L * 4 * C * T * (T + 1) / 2;

    /// <summary>Backward each product becomes two; attention's two become five, because the probabilities are computed again.</summary>
    public double StepFlops => 3 * 2 * Tokens * (L * 12 * C * C + V * C) + Batch * L * 14 * C * T * (T + 1) / 2;

    /// <summary>Weights, gradients, and AdamW's two moments, in F32.</summary>
    public double WeightBytes => 4 * Parameters;

    public double StateBytes => 8 * Parameters;

    /// <summary>
    /// What the forward pass leaves for the backward pass. A block keeps for each token: norm C, queries, keys and values 3C, what was seen C, its
    /// projection C, the sum C, norm C, the network before and after GELU 8C, its projection C and the sum C; and a few numbers for each norm and head. Around the
    /// blocks: the sum of two tables' rows, one of them beside it, the last norm, the scores.
    /// </summary>
    public double ActivationBytes => 4 * Tokens * (L * (18 * C + 4 + Sizes.Heads) + 3 * C + 2 + V + 2);

    /// <summary>All of it at once: what a machine must have at least.</summary>
    public double Bytes => 2 * WeightBytes + StateBytes + ActivationBytes;
}
