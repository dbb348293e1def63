using MiniStack.Data;
using MiniStack.Examples.Training;
using MiniStack.Formats;
using MiniStack.Models;
using MiniStack.Nn;
using MiniStack.Optim;
using MiniStack.Training;

namespace MiniStack.Examples.FineTuning;

/// <summary>A trained model, and the text it was trained on.</summary>
/// <param name="Name">Where it comes from.</param>
/// <param name="Config">Its sizes.</param>
/// <param name="Weights">What it has learned.</param>
/// <param name="Tokenizer">Its characters.</param>
/// <param name="Text">What it was trained on, to see what is forgotten.</param>
/// <param name="Batch">Sequences a step.</param>
internal sealed record BaseModel(string Name, GptConfig Config, StateDict Weights, CharTokenizer Tokenizer, TextDataset Text, int Batch)
{
    /// <summary>The main job in small: two layers of 64 channels on TinyTales.</summary>
    public static BaseModel Train(int steps) => Small(steps).Trained(steps);

    /// <summary>The same before its training, so that a text can be checked against it first.</summary>
    public static BaseModel Small(int steps)
    {
        string tales = TinyTales.Generate(300_000, new Rng(1));
        CharTokenizer tokenizer = CharTokenizer.FromText(tales);
        TextDataset text = new(tales, tokenizer);
        GptConfig config = new(text.VocabularySize, Context: 32, Layers: 2, Heads: 2, Channels: 64);
        return new BaseModel($"a small one, trained for {steps} steps", config, new Gpt(config, new Rng(1)).StateDict(), tokenizer, text, Batch: 16);
    }

    /// <summary>This model after its training.</summary>
    public BaseModel Trained(int steps)
    {
        const double Rate = 3e-3;
        Gpt model = Copy();
        Trainer trainer = Trainer(model, new AdamW(model.Parameters(), Rate, beta2: 0.99, weightDecay: 0.1), new CosineSchedule(Rate, Rate / 10, steps / 10, steps).At);
        foreach (Batch batch in Text.Batches(Batch, Config.Context, new Rng(2)).Take(steps)) trainer.Step(batch);
        return this with { Weights = model.StateDict() };
    }

    /// <summary>The model of a run folder of the main job.</summary>
    /// <exception cref="CheckpointException">The folder holds no run, or a damaged one.</exception>
    /// <exception cref="DataException">The text it was trained on is gone.</exception>
    public static BaseModel Open(string folder)
    {
        RunFolder run = new(folder);
        RunConfig config = RunConfig.FromJson(run.Config, RunFolder.ReadText(run.Config));
        CharTokenizer tokenizer = CharTokenizer.FromJson(RunFolder.ReadText(run.Tokenizer), run.Tokenizer);
        ModelFolder.CheckWeights(run.Model, config.Model);
        Gpt model = new(config.Model, new Rng(0));
        model.LoadStateDict(new StateDict(Safetensors.Load(run.Model)));
        Corpus corpus = Corpus.Load(config.Training.Data == Corpus.TinyTalesName ? null : config.Training.Data);
        return new BaseModel(folder, config.Model, model.StateDict(), tokenizer, new TextDataset(corpus.Text, tokenizer), config.Training.Batch);
    }

    /// <summary>The model as it was trained.</summary>
    public Gpt Copy()
    {
        Gpt model = new(Config, new Rng(1));
        model.LoadStateDict(Weights);
        return model;
    }

    /// <summary>One of the same sizes that has learned nothing.</summary>
    public Gpt Fresh(ulong seed) => new(Config, new Rng(seed).Split(9));

    public Trainer Trainer(Gpt model, Optimizer optimizer, Func<long, double> rate) =>
        new(model, optimizer, rate, batch => model.Call(batch.Inputs).CrossEntropy(batch.Targets));

    /// <summary>Mean loss of the first held-out batches of a text, in nats per character.</summary>
    public double Validate(Gpt model, TextDataset text, int batches = 25) =>
        Trainer(model, new Sgd(model.Parameters(), 0), _ => 0).Evaluate(text.Validation(Batch, Config.Context).Take(batches));
}
