using MiniStack.Data;
using MiniStack.Models;
using MiniStack.Nn;
using MiniStack.Optim;
using MiniStack.Training;

namespace MiniStack.Examples.FineTuning;

/// <summary>A way to teach a model a second text.</summary>
/// <param name="Name">Which.</param>
/// <param name="FromScratch">Whether it starts without what the model has learned.</param>
/// <param name="How">What learns.</param>
/// <param name="Rate">Learning rate where none is searched.</param>
internal sealed record Method(string Name, bool FromScratch, Func<GptConfig, ulong, Nn.FineTuning> How, double Rate)
{
    /// <summary>The adapter that is compared.</summary>
    public const int Rank = 8;

    /// <summary>One that has room for more.</summary>
    public const int LargeRank = 32;

    /// <summary>What is searched, the same for each way; each has its own best.</summary>
    public static readonly double[] Rates = [5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2];

    public static IReadOnlyList<Method> All { get; } =
    [
        new("full", false, (_, _) => Nn.FineTuning.Full, 2e-3),
        new("last block", false, (config, _) => Nn.FineTuning.Only($"h.{config.Layers - 1}.*", "ln_f.*"), 5e-3),
        Lora($"LoRA, rank {Rank}", new LoraConfig(Rank, Alpha: 2 * Rank)),
        Lora($"LoRA, rank {Rank}, norms and table", new LoraConfig(Rank, Alpha: 2 * Rank, InFull: ["ln_*", "wte"])),
        Lora($"LoRA, rank {LargeRank}", new LoraConfig(LargeRank, Alpha: 2 * LargeRank)),
        new("from scratch", true, (_, _) => Nn.FineTuning.Full, 5e-3),
    ];

    private static Method Lora(string name, LoraConfig config) => new(name, false, (_, seed) => Nn.FineTuning.Lora(config, new Rng(seed).Split(3)), 5e-3);

    /// <summary>Vectors, which are norms' weights here, near 1, take three times the steps of the way's rate; matrices that learn in full beside factors, which
    /// want a large rate, a tenth of them.</summary>
    public static ParameterGroup[] Groups(Parameter[] learning)
    {
        bool factors = learning.Any(IsFactor);
        ParameterGroup vectors = new(learning.Where(parameter => parameter.Rank == 1)) { LearningRateFactor = 3 };
        ParameterGroup matrices = new(learning.Where(parameter => factors && parameter.Rank > 1 && !IsFactor(parameter))) { LearningRateFactor = 0.1 };
        return [vectors, matrices];
    }

    private static bool IsFactor(Parameter parameter) => parameter.Name.EndsWith(".A", StringComparison.Ordinal) || parameter.Name.EndsWith(".B", StringComparison.Ordinal);
}

/// <summary>What a method came to.</summary>
/// <param name="Method">Which.</param>
/// <param name="Rate">The best of its rates, by a seed that is not counted.</param>
/// <param name="Losses">On the second text, of each seed.</param>
/// <param name="FirstLosses">On the first text afterwards, of each seed.</param>
/// <param name="Learning">Numbers that learn.</param>
/// <param name="StateBytes">Of the optimizer.</param>
/// <param name="Path">Of the first seed, now and then: the loss on both texts.</param>
/// <param name="Model">Of the first seed.</param>
internal sealed record Tuned(
    Method Method, double Rate, double[] Losses, double[] FirstLosses, long Learning, long StateBytes,
    IReadOnlyList<(long Step, double First, double Second)> Path, Gpt Model)
{
    public double Loss => Losses.Average();

    public double First => FirstLosses.Average();

    /// <summary>Of the sample: n − 1 in the denominator.</summary>
    public double Deviation => Seeds.Deviation(Losses);

    /// <summary>Trains one way with each of its rates, and the best rate with every seed.</summary>
    public static Tuned Run(BaseModel start, TextDataset second, Method method, int steps, int seeds, bool search)
    {
        double rate = search ? Method.Rates.MinBy(rate => Train(start, second, method, rate, steps, seed: 100, record: false).Second) : method.Rate;
        double[] losses = new double[seeds], firsts = new double[seeds];
        Run? first = null;
        for (int seed = 0; seed < seeds; seed++)
        {
            Run run = Train(start, second, method, rate, steps, (ulong)seed + 1, record: seed == 0);
            (losses[seed], firsts[seed]) = (run.Second, start.Validate(run.Model, start.Text));
            first ??= run;
        }
        return new Tuned(method, rate, losses, firsts, first!.Learning, first.StateBytes, first.Path, first.Model);
    }

    private static Run Train(BaseModel start, TextDataset second, Method method, double rate, int steps, ulong seed, bool record)
    {
        (Gpt model, Optimizer optimizer, Trainer trainer) = Prepare(start, method, rate, steps, seed);
        List<(long, double, double)> path = [];
        foreach (Batch batch in second.Batches(start.Batch, start.Config.Context, new Rng(seed).Split(2)).Take(steps))
        {
            if (record && batch.Step % Math.Max(1, steps / 10) == 0) Note(batch.Step);
            trainer.Step(batch);
        }
        if (record) Note(steps);
        long bytes = optimizer.State.Sum(state => state.Value.Count * state.Value.DType.Size());
        long learning = model.Parameters().Where(parameter => parameter.RequiresGrad).Sum(parameter => parameter.Value.Count);
        return new Run(start.Validate(model, second), learning, bytes, path, model);

        void Note(long step) => path.Add((step, start.Validate(model, start.Text, 5), start.Validate(model, second, 5)));
    }

    /// <summary>What a step of each way takes, in milliseconds: see <see cref="Turns"/>.</summary>
    public static double[] StepTimes(BaseModel start, TextDataset second, int rounds) => Turns.Shortest(
        second.Batches(start.Batch, start.Config.Context, new Rng(1)).Take(rounds),
        Method.All.Select(method => Prepare(start, method, method.Rate, rounds, seed: 1).Trainer).Select(trainer => (Func<Batch, TimeSpan>)(batch => trainer.Step(batch).Elapsed)));

    private static (Gpt Model, Optimizer Optimizer, Trainer Trainer) Prepare(BaseModel start, Method method, double rate, int steps, ulong seed)
    {
        Gpt model = method.FromScratch ? start.Fresh(seed) : start.Copy();
        Parameter[] learning = model.FineTune(method.How(start.Config, seed));
        AdamW optimizer = new(learning, rate, beta2: 0.99, weightDecay: 0) { Groups = Method.Groups(learning) };
        return (model, optimizer, start.Trainer(model, optimizer, new CosineSchedule(rate, rate / 10, steps / 10, steps).At));
    }
}

/// <summary>One training.</summary>
internal sealed record Run(double Second, long Learning, long StateBytes, IReadOnlyList<(long Step, double First, double Second)> Path, Gpt Model);
