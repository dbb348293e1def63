using MiniStack.Nn;

namespace MiniStack.Models;

/// <summary>An autoencoder whose codes are drawn from a normal distribution, so that codes of pure noise decode to new examples.</summary>
/// <remarks>
/// Kingma and Welling 2014, arXiv:1312.6114, with the Bernoulli decoder of its appendix C.1: numbers of examples are from 0 to 1, and
/// scores (logits) come out. ReLU in place of tanh; start values are PyTorch's.
/// </remarks>
public sealed class VariationalAutoencoder : Layer<Variable, VariationalOutput>
{
    private readonly Sequential _encoder, _decoder;
    private readonly Linear _mean, _logVariance;
    private readonly Rng _rng;

    /// <summary>A model with random start values.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="rng">Source of the start values, and of the noise while training: its state belongs to a checkpoint.</param>
    /// <exception cref="ConfigException">The sizes make no model.</exception>
    public VariationalAutoencoder(VariationalAutoencoderConfig config, Rng rng)
    {
        config.Check();
        (Config, _rng) = (config, rng);
        int features = config.Hidden is [.., var last] ? last : config.Inputs;
        _encoder = Register("encoder", MultilayerPerceptron.Chain([config.Inputs, .. config.Hidden], rng));
        _mean = Register("mean", new Linear(features, config.Code, rng));
        _logVariance = Register("log_variance", new Linear(features, config.Code, rng));
        _decoder = Register("decoder", MultilayerPerceptron.Chain([config.Code, .. config.Hidden.Reverse(), config.Inputs], rng));
    }

    /// <summary>The model's sizes.</summary>
    public VariationalAutoencoderConfig Config { get; }

    /// <summary>Codes are drawn while training, and the means of their distributions in evaluation.</summary>
    /// <param name="x">[batch, inputs], from 0 to 1.</param>
    /// <returns>Scores of the examples made again, and the distribution of their codes.</returns>
    /// <exception cref="ShapeException">x is not a batch of such rows.</exception>
    public override VariationalOutput Forward(Variable x)
    {
        (Variable mean, Variable logVariance) = Encode(x);
        if (!IsTraining) return new VariationalOutput(Decode(mean), mean, logVariance);
        return Decode(mean, logVariance, Tensor.Normal(mean.Shape, _rng, dtype: mean.Value.DType, device: mean.Value.Device));
    }

    /// <summary>
    /// The same with given noise: the code is mean + e^(½·log variance)·noise, through which gradients pass (section 2.4).
    /// </summary>
    /// <param name="x">[batch, inputs], from 0 to 1.</param>
    /// <param name="noise">[batch, code].</param>
    /// <returns>Scores of the examples made again, and the distribution of their codes.</returns>
    /// <exception cref="ShapeException">x is not a batch of such rows, or the noise not of such codes.</exception>
    public VariationalOutput Forward(Variable x, Tensor noise)
    {
        (Variable mean, Variable logVariance) = Encode(x);
        if (noise.Shape != mean.Shape)
        {
            throw new ShapeException(
                $"VariationalAutoencoder: the noise must be {mean.Shape}, not {noise.Shape}: one number for each of a code.");
        }
        return Decode(mean, logVariance, noise);
    }

    /// <summary>The distribution of each example's code.</summary>
    /// <param name="x">[batch, inputs].</param>
    /// <returns>[batch, code] each.</returns>
    /// <exception cref="ShapeException">x is not a batch of such rows.</exception>
    public (Variable Mean, Variable LogVariance) Encode(Variable x)
    {
        InputChecks.Rows(nameof(VariationalAutoencoder), x, Config.Inputs);
        Variable features = Config.Hidden.Count > 0 ? _encoder.Call(x).Relu() : x;
        return (_mean.Call(features), _logVariance.Call(features));
    }

    /// <param name="code">[batch, code]; noise with deviation 1 for new examples.</param>
    /// <returns>[batch, inputs]: scores, whose <see cref="Variable.Sigmoid"/> is the example.</returns>
    public Variable Decode(Variable code) => _decoder.Call(code);

    private VariationalOutput Decode(Variable mean, Variable logVariance, Tensor noise) =>
        new(Decode(mean + (logVariance * 0.5).Exp() * noise), mean, logVariance);

    /// <inheritdoc cref="Gpt.Save"/>
    public void Save(string folder) => ModelFolder.Save(folder, this, Config);

    /// <inheritdoc cref="Gpt.Load"/>
    public static VariationalAutoencoder Load(string folder, Device? device = null) =>
        ModelFolder.Load(folder, device, (VariationalAutoencoderConfig config) => new VariationalAutoencoder(config, new Rng(0)));
}
