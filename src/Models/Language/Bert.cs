using MiniStack.Nn;

namespace MiniStack.Models;

/// <summary>A BERT encoder with the head that guesses masked tokens.</summary>
/// <remarks>
/// Devlin et al. 2018, arXiv:1810.04805. Embeddings and head have the names of Hugging Face's BertForMaskedLM; the layers are
/// <see cref="TransformerEncoderLayer"/> under <c>bert.encoder.layer.N</c>, with PyTorch's names and start values, so that one product
/// makes queries, keys and values. The second task of the paper, whether one sentence follows another, and its pooler are left out: Liu et
/// al. 2019, arXiv:1907.11692, found that it does not help.
/// </remarks>
public sealed class Bert : Layer<BertInput, Variable>
{
    private readonly BertHead _head;

    /// <summary>A model with random start values.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="rng">Source of the start values, and of the masks of dropout.</param>
    /// <exception cref="ConfigException">The sizes make no model.</exception>
    public Bert(BertConfig config, Rng rng)
    {
        config.Check();
        Config = config;
        Encoder = Register("bert", new BertEncoder(config, rng));
        _head = Register("cls.predictions", new BertHead(config, Encoder.TokenTable, rng));
    }

    /// <summary>The model's sizes.</summary>
    public BertConfig Config { get; }

    /// <summary>
    /// All but the head. It belongs to this model; another task builds upon a <see cref="BertEncoder"/> of its own, and loads its state
    /// from this one.
    /// </summary>
    public BertEncoder Encoder { get; }

    /// <summary>Scores (logits) of the token at each position.</summary>
    /// <param name="input">Tokens, segments, and where there is padding.</param>
    /// <returns>[batch, time, vocabulary].</returns>
    /// <exception cref="ShapeException">tokens are not a matrix, or longer than the context; or segments or mask have another
    /// shape.</exception>
    /// <exception cref="DTypeException">The mask is not Bool.</exception>
    public override Variable Forward(BertInput input) => _head.Call(Encoder.Call(input));

    /// <inheritdoc cref="Gpt.Save"/>
    public void Save(string folder) => ModelFolder.Save(folder, this, Config);

    /// <inheritdoc cref="Gpt.Load"/>
    public static Bert Load(string folder, Device? device = null) =>
        ModelFolder.Load(folder, device, (BertConfig config) => new Bert(config, new Rng(0)));
}

/// <summary>Embeddings of tokens, positions and segments, and the layers of a <see cref="Bert"/>.</summary>
public sealed class BertEncoder : Layer<BertInput, Variable>
{
    private readonly int _context;
    private readonly Embedding _tokens, _positions, _segments;
    private readonly LayerNorm _norm;
    private readonly Dropout _dropout;
    private readonly ModuleList<TransformerEncoderLayer> _layers;

    /// <summary>
    /// An encoder with random start values: what a task with a head of its own registers, under <c>bert</c> for Hugging Face's names.
    /// </summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="rng">Source of the start values, and of the masks of dropout.</param>
    /// <exception cref="ConfigException">The sizes make no model.</exception>
    public BertEncoder(BertConfig config, Rng rng)
    {
        config.Check();
        _context = config.Context;
        double std = Sizes.StartDeviation(config.Channels);
        _tokens = Register("embeddings.word_embeddings", new Embedding(config.VocabularySize, config.Channels, rng, std));
        _positions = Register("embeddings.position_embeddings", new Embedding(config.Context, config.Channels, rng, std));
        _segments = Register("embeddings.token_type_embeddings", new Embedding(config.Segments, config.Channels, rng, std));
        _norm = Register("embeddings.LayerNorm", new LayerNorm(config.Channels, epsilon: config.Epsilon));
        _dropout = Register("embeddings.dropout", new Dropout(config.Dropout, rng));
        _layers = Register("encoder.layer", new ModuleList<TransformerEncoderLayer>());
        for (int i = 0; i < config.Layers; i++)
        {
            _layers.Add(new TransformerEncoderLayer(
                config.Channels, config.Heads, rng, config.Hidden, config.Dropout, gelu: true, config.Epsilon));
        }
    }

    /// <summary>[vocabulary, channels].</summary>
    internal Parameter TokenTable => _tokens.Weight;

    /// <param name="input">Tokens, segments, and where there is padding.</param>
    /// <returns>[batch, time, channels]; without meaning where there is padding.</returns>
    /// <exception cref="ShapeException">tokens are not a matrix, or longer than the context; or segments or mask have another
    /// shape.</exception>
    /// <exception cref="DTypeException">The mask is not Bool.</exception>
    public override Variable Forward(BertInput input)
    {
        (Tensor tokens, Tensor? segments, Tensor? mask) = input;
        InputChecks.Tokens(nameof(Bert), tokens, _context);
        CheckLike(tokens, segments, "segments");
        CheckLike(tokens, mask, "mask");
        if (mask is { DType: not DType.Bool })
        {
            throw new DTypeException(
                $"Bert: the mask must be Bool, true where there is a token, not {mask.DType}. Compare the tokens with the padding's.");
        }
        int batch = tokens.Shape[0], time = tokens.Shape[1];
        Variable kinds = segments is null ? _segments.First(1) : _segments.Call(segments);
        Variable x = _dropout.Call(_norm.Call(_tokens.Call(tokens) + _positions.First(time) + kinds));
        Tensor? keys = mask?.Reshape(batch, 1, 1, time);
        return _layers.Chain(x, (layer, x) => layer.Call(new AttentionInput(x, Mask: keys)));
    }

    private static void CheckLike(Tensor tokens, Tensor? other, string what)
    {
        if (other is not null && other.Shape != tokens.Shape)
            throw new ShapeException($"Bert: the {what} must have the shape of the tokens, {tokens.Shape}, not {other.Shape}.");
    }
}

/// <summary>A dense layer, GELU, a norm, and a product with the token table.</summary>
internal sealed class BertHead : Layer
{
    private readonly Linear _dense;
    private readonly LayerNorm _norm;
    private readonly Linear _decoder;

    public BertHead(BertConfig config, Parameter tokenTable, Rng rng)
    {
        Parameter bias = Register("bias", Tensor.Zeros([config.VocabularySize]));
        _dense = Register(
            "transform.dense",
            new Linear(config.Channels, config.Channels, rng, std: Sizes.StartDeviation(config.Channels), gelu: true));
        _norm = Register("transform.LayerNorm", new LayerNorm(config.Channels, epsilon: config.Epsilon));
        _decoder = Register("decoder", new Linear(tokenTable, bias));
    }

    public override Variable Forward(Variable x) => _decoder.Call(_norm.Call(_dense.Call(x)));
}
