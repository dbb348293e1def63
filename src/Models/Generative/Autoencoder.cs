using MiniStack.Nn;

namespace MiniStack.Models;

/// <summary>Learns to pass examples through a narrow code and to make them again from it.</summary>
/// <remarks>
/// Hinton and Salakhutdinov 2006, doi:10.1126/science.1127647, with ReLU and PyTorch's start values in place of logistic units and of
/// training layer by layer beforehand.
/// </remarks>
public sealed class Autoencoder : Layer
{
    private readonly Sequential _encoder, _decoder;

    /// <summary>A model with random start values.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="rng">Source of the start values.</param>
    /// <exception cref="ConfigException">The sizes make no model.</exception>
    public Autoencoder(AutoencoderConfig config, Rng rng)
    {
        config.Check();
        Config = config;
        _encoder = Register("encoder", MultilayerPerceptron.Chain([config.Inputs, .. config.Hidden, config.Code], rng));
        _decoder = Register("decoder", MultilayerPerceptron.Chain([config.Code, .. config.Hidden.Reverse(), config.Inputs], rng));
    }

    /// <summary>The model's sizes.</summary>
    public AutoencoderConfig Config { get; }

    /// <param name="x">[batch, inputs].</param>
    /// <returns>[batch, inputs]: the examples made again.</returns>
    /// <exception cref="ShapeException">x is not a batch of such rows.</exception>
    public override Variable Forward(Variable x) => Decode(Encode(x));

    /// <param name="x">[batch, inputs].</param>
    /// <returns>[batch, code].</returns>
    /// <exception cref="ShapeException">x is not a batch of such rows.</exception>
    public Variable Encode(Variable x)
    {
        InputChecks.Rows(nameof(Autoencoder), x, Config.Inputs);
        return _encoder.Call(x);
    }

    /// <param name="code">[batch, code].</param>
    /// <returns>[batch, inputs].</returns>
    public Variable Decode(Variable code) => _decoder.Call(code);

    /// <inheritdoc cref="Gpt.Save"/>
    public void Save(string folder) => ModelFolder.Save(folder, this, Config);

    /// <inheritdoc cref="Gpt.Load"/>
    public static Autoencoder Load(string folder, Device? device = null) =>
        ModelFolder.Load(folder, device, (AutoencoderConfig config) => new Autoencoder(config, new Rng(0)));
}
