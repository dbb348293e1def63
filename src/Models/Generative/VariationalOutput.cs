namespace MiniStack.Models;

/// <summary>What comes out of a <see cref="VariationalAutoencoder"/>.</summary>
/// <param name="Scores">[batch, inputs]: logits of the examples made again.</param>
/// <param name="Mean">[batch, code]: of the codes' distributions.</param>
/// <param name="LogVariance">[batch, code]: of the codes' distributions.</param>
public sealed record VariationalOutput(Variable Scores, Variable Mean, Variable LogVariance) : IHoldsTensors
{
    /// <inheritdoc/>
    IEnumerable<Tensor> IHoldsTensors.Tensors => [Scores.Value, Mean.Value, LogVariance.Value];

    /// <summary>
    /// How far the codes' distributions are from the standard normal one: −½·Σ(1 + log σ² − μ² − σ²), in nats, averaged over the batch.
    /// </summary>
    /// <remarks>Kingma and Welling 2014, arXiv:1312.6114, appendix B.</remarks>
    public Variable Divergence() =>
        (1 + LogVariance - Mean * Mean - LogVariance.Exp()).Sum() * (-0.5 / Math.Max(Mean.Shape[0], 1));

    /// <summary>
    /// What training makes small, the negative of the evidence's lower bound, in nats an example: how badly the examples were made again,
    /// and <see cref="Divergence"/>.
    /// </summary>
    /// <param name="targets">[batch, inputs], from 0 to 1: the examples.</param>
    /// <remarks>Kingma and Welling 2014, arXiv:1312.6114, eq. 10, with one draw an example.</remarks>
    public Variable Loss(Variable targets) =>
        Scores.BinaryCrossEntropyWithLogits(targets, reduction: Reduction.Sum) / Math.Max(targets.Shape[0], 1) + Divergence();
}
