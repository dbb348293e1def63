using MiniStack.Data;
using MiniStack.Nn;
using MiniStack.Optim;
using MiniStack.Training;

namespace MiniStack.Tests;

/// <summary>A step that fails leaves no traces; and helpers leave every module in its own mode.</summary>
public sealed class FailedStepTests
{
    private static readonly Batch Good = Batches(1), Bad = Good with { Inputs = Tensor.Full([4, 3], double.NaN, DType.F32) };

    public static TheoryData<string> Optimizers => ["AdamW", "Sgd", "Muon", "MixedPrecision"];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Step_OfABatchOfNaN_LeavesNothing(string kind)
    {
        Net clean = new(kind), broken = new(kind), skipping = new(kind, NonFinite.Skip);
        for (int step = 0; step < 3; step++)
        {
            Batch good = Batches(step);
            Assert.Throws<TrainingException>(() => broken.Trainer.Step(Bad));
            StepReport skipped = skipping.Trainer.Step(Bad);
            Assert.True(skipped.IsSkipped);
            Assert.False(double.IsFinite(skipped.Loss));
            StepReport report = clean.Trainer.Step(good);
            Assert.False(report.IsSkipped);
            Assert.Equal((report.Loss, report.GradNorm), Numbers(broken.Trainer.Step(good)));
            Assert.Equal((report.Loss, report.GradNorm), Numbers(skipping.Trainer.Step(good)));
            Assert.Equal(clean.Bits, broken.Bits); // the running statistics of the batch norm are among them
            Assert.Equal(clean.Bits, skipping.Bits);
        }
        Assert.Equal(3, broken.Optimizer.Steps);

        static (double, double) Numbers(StepReport report) => (report.Loss, report.GradNorm);
    }

    [Theory]
    [InlineData("in the loss")]
    [InlineData("after backward")]
    public void Step_ThatThrows_LeavesNothing(string where)
    {
        Net clean = new("AdamW"), broken = new("AdamW");
        for (int step = 0; step < 2; step++)
        {
            broken.Fail = where;
            Assert.Throws<InvalidOperationException>(() => broken.Trainer.Step(Good));
            broken.Fail = "";
            Assert.Equal(clean.Trainer.Step(Good).GradNorm, broken.Trainer.Step(Good).GradNorm);
            Assert.Equal(clean.Bits, broken.Bits);
        }
    }

    [Fact]
    public void Loop_ThatSkips_GoesOnAndLogsIt()
    {
        using TemporaryFolder folder = new();
        Net net = new("Sgd", NonFinite.Skip);
        TrainingLoop loop = new(net.Trainer) { Steps = 4, EvaluateEvery = 4, Checkpoint = new Checkpoint(net.Model, net.Optimizer, "{}"), Folder = folder.Run };
        RunLog log = new(folder.Run, "skips");
        loop.Callbacks.Add(log);
        using StringWriter lines = new();
        loop.Callbacks.Add(new Progress(lines, every: 4));
        Assert.Equal(TrainingEnd.Finished, loop.Run(_ => [Good, Bad, Good, Good]));
        Assert.Equal((4, 3), (loop.Step, net.Optimizer.Steps));
        Assert.True(double.IsFinite(log.Log.Recent(10)));
        Assert.Contains(", 1 skipped", lines.ToString());
        Assert.Contains("{\"step\":2,\"train\":null,", File.ReadAllText(folder.Run.Log));
        Assert.Equal([1, 2, 3, 4], TrainingLog.Continue(folder.Run.Log, 4).Training.Select(point => point.Step));
    }

    [Fact]
    public void Loop_WhateverNumberBatchesCarry_Counts()
    {
        Net net = new("Sgd");
        List<long> asked = [];
        Trainer trainer = new(net.Model, net.Optimizer, step =>
        {
            asked.Add(step);
            return 0.1;
        }, net.Loss);
        TrainingLoop loop = new(trainer) { Steps = 10 };
        Assert.Equal(TrainingEnd.Finished, loop.Run(_ => Enumerable.Repeat(Good with { Step = 0 }, int.MaxValue)));
        Assert.Equal((10, 10), (loop.Step, net.Optimizer.Steps));
        Assert.Equal(Enumerable.Range(0, 10).Select(step => (long)step), asked);
    }

    public static TheoryData<string> Helpers => ["Evaluate", "Evaluate that throws", "Summary", "Summary that throws", "LearningRateFinder", "Step", "Loop"];

    [Theory]
    [MemberData(nameof(Helpers))]
    public void Helper_ThatIsHandedAModel_LeavesEveryModuleInItsMode(string helper)
    {
        Net net = new("Sgd");
        Module[] modules = [.. net.Model.Modules().Select(named => named.Module)];
        // Every pattern of modes of the four modules: the root, the layers.
        for (int pattern = 0; pattern < 1 << modules.Length; pattern++)
        {
            for (int i = modules.Length - 1; i >= 0; i--) SetAlone(modules, i, (pattern >> i & 1) == 1);
            bool[] before = [.. modules.Select(module => module.IsTraining)];
            Run(helper, net);
            Assert.Equal(before, modules.Select(module => module.IsTraining));
        }
    }

    [Fact]
    public void Evaluate_WithAFrozenBatchNorm_LeavesItFrozen()
    {
        Net net = new("Sgd");
        net.Norm.Eval();
        net.Trainer.Evaluate([Good]);
        float[] mean = net.Norm.RunningMean!.Value.ToArray<float>();
        net.Trainer.Step(Good);
        Assert.False(net.Norm.IsTraining);
        Assert.True(net.Model.IsTraining);
        Assert.Equal(mean, net.Norm.RunningMean.Value.ToArray<float>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Generate_OfAModelWithMixedModes_LeavesThemAndIsTheSameEachTime(bool training)
    {
        using TinyRun run = new();
        run.Model.Train(training);
        run.Model.Modules().Last().Module.Train(!training);
        run.Model.Modules().Single(named => named.Path == "drop").Module.Train();
        bool[] before = [.. run.Model.Modules().Select(named => named.Module.IsTraining)];
        int[] first = [.. run.Model.Generate([1, 2, 3], 20, new Rng(1))], second = [.. run.Model.Generate([1, 2, 3], 20, new Rng(1))];
        Assert.Equal(first, second); // no dropout
        Assert.Equal(before, run.Model.Modules().Select(named => named.Module.IsTraining));
    }

    private static void SetAlone(Module[] modules, int index, bool training)
    {
        bool[] others = [.. modules.Select(module => module.IsTraining)];
        modules[index].Train(training);
        // Children follow their parent: back to what they were.
        for (int i = index + 1; i < modules.Length; i++)
            if (!modules[i].Children.Any()) modules[i].Train(others[i]);
    }

    private static void Run(string helper, Net net)
    {
        switch (helper)
        {
            case "Evaluate": net.Trainer.Evaluate([Good]); break;
            case "Evaluate that throws": Assert.Throws<InvalidOperationException>(() => net.Trainer.Evaluate(Throwing())); break;
            case "Summary": net.Model.Summary([4, 3]); break;
            case "Summary that throws": Assert.ThrowsAny<MiniStackException>(() => net.Model.Summary([4, 99])); break;
            case "LearningRateFinder": LearningRateFinder.Run(net.Model, net.Optimizer, net.Loss, Enumerable.Repeat(Good, 10), steps: 10); break;
            case "Step": net.Trainer.Step(Good); break;
            default: new TrainingLoop(net.Trainer) { Steps = 2, EvaluateEvery = 1, Validation = () => [Good] }.Run(_ => [Good, Good]); break;
        }

        static IEnumerable<Batch> Throwing()
        {
            yield return Good;
            throw new InvalidOperationException("no more");
        }
    }

    private static Batch Batches(int seed) => new(seed, Tensor.Normal([4, 3], new Rng((ulong)seed + 5)).Persist(), Tensor.Ones([4, 2]).Persist());

    /// <summary>A layer, a batch norm, and the trainer.</summary>
    private sealed class Net
    {
        public Net(string kind, NonFinite onNonFinite = NonFinite.Throw)
        {
            Norm = new BatchNorm(2);
            Model = new Sequential(new Linear(3, 2, new Rng(1)), Norm, new Dropout(0.5, new Rng(2)));
            Optimizer = kind switch
            {
                "AdamW" => new AdamW(Model.Parameters(), 0.1),
                "Muon" => new Muon(Model.Parameters()),
                "MixedPrecision" => new MixedPrecision(Model.Parameters(), masters => new AdamW(masters, 0.1)),
                _ => new Sgd(Model.Parameters(), 0.1, momentum: 0.9),
            };
            Trainer = new Trainer(Model, Optimizer, _ => Fail == "after backward" ? throw new InvalidOperationException(Fail) : 0.1, Loss) { OnNonFinite = onNonFinite };
        }

        public Sequential Model { get; }

        public BatchNorm Norm { get; }

        public Optimizer Optimizer { get; }

        public Trainer Trainer { get; }

        public string Fail { get; set; } = "";

        public int[] Bits =>
        [
            .. Model.StateDict().Values.Concat(Optimizer.State.Where(pair => pair.Value.DType == DType.F32).Select(pair => pair.Value))
                .SelectMany(tensor => tensor.To(DType.F32).ToArray<float>()).Select(BitConverter.SingleToInt32Bits),
        ];

        // Without the dropout, whose stream moves on in a step that fails.
        public Variable Loss(Batch batch)
        {
            Variable loss = Norm.Call(((Linear)Model.Children.First().Module).Call(batch.Inputs)).MeanSquaredError(batch.Targets);
            return Fail == "in the loss" ? throw new InvalidOperationException(Fail) : loss;
        }
    }
}
