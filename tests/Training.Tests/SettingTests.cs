using MiniStack.Data;
using MiniStack.Nn;
using MiniStack.Optim;
using MiniStack.Training;

namespace MiniStack.Tests;

/// <summary>Settings that make no sense are said by the constructor or the initializer, or at the latest before the first step.</summary>
public sealed class SettingTests
{
    private const double Infinity = double.PositiveInfinity, NaN = double.NaN;

    private static readonly Linear Model = new(1, 1, new Rng(1));
    private static readonly SearchSpace Space = new(new UniformDimension("x", 0, 1));

    private static readonly Dictionary<string, Action> Bad = new()
    {
        ["Trainer: ClipNorm must be above 0, not 0. ∞ switches clipping off."] = () => _ = new Setup { ClipNorm = 0 },
        ["Trainer: ClipNorm must be above 0, not -1. ∞ switches clipping off."] = () => _ = new Setup { ClipNorm = -1 },
        ["Trainer: ClipNorm must be above 0, not NaN. ∞ switches clipping off."] = () => _ = new Setup { ClipNorm = NaN },
        ["Trainer: OnNonFinite must be Throw or Skip, not 7."] = () => _ = new Setup { OnNonFinite = (NonFinite)7 },
        ["TrainingLoop: Steps must be at least 0, not -1."] = () => Loop(steps: -1),
        ["TrainingLoop: EvaluateEvery must be at least 1, not 0."] = () => Loop(every: 0),
        ["TrainingLoop: EvaluateEvery must be at least 1, not -1."] = () => Loop(every: -1),
        ["Progress: every must be at least 1, not 0."] = () => _ = new Progress(every: 0),
        ["Progress: every must be at least 1, not -1."] = () => _ = new Progress(every: -1),
        ["RunLogger: every must be at least 1, not 0."] = () => _ = new RunLogger(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, 0),
        ["EarlyStopping: the patience must be at least 1 evaluation, not -1."] = () => _ = new EarlyStopping(-1),
        ["EarlyStopping: the least improvement must be at least 0, not NaN."] = () => _ = new EarlyStopping(1, NaN),
        ["EarlyStopping: the least improvement must be at least 0, not ∞."] = () => _ = new EarlyStopping(1, Infinity),
        ["BestWeights: the path is empty. Name a file or folder."] = () => _ = new BestWeights(Model, ""),
        ["RunFolder: the path is empty. Name a file or folder."] = () => _ = new RunFolder(" "),
        ["Checkpoint: the name '' is empty or tracked already. Give each its own."] = () => NewCheckpoint().Track("", new Rng(1)),
        ["Checkpoint: the name 'a' is empty or tracked already. Give each its own."] = () =>
        {
            Checkpoint checkpoint = NewCheckpoint();
            checkpoint.Track("a", new LossScaler());
            checkpoint.Track("a", new LossScaler());
        },
        ["LearningRateFinder: the rates must rise from a number above 0, not from 0 to 1."] = () => Find(low: 0),
        ["LearningRateFinder: the rates must rise from a number above 0, not from -1 to 1."] = () => Find(low: -1),
        ["LearningRateFinder: the rates must rise from a number above 0, not from NaN to 1."] = () => Find(low: NaN),
        ["LearningRateFinder: the rates must rise from a number above 0, not from 1E-06 to Infinity."] = () => Find(high: Infinity),
        ["LearningRateFinder: 0 steps show nothing. Take at least 10."] = () => Find(steps: 0),
        ["LearningRateFinder: there are no batches. Give at least 100."] = () => Find(),
        ["A search: the budget must be a number above 0, not 0."] = () => _ = new RandomSearch(Space, 1, 0),
        ["A search: the budget must be a number above 0, not NaN."] = () => _ = new BayesianSearch(Space, 5, NaN),
        ["A search: the budget must be a number above 0, not -1."] = () => _ = new SuccessiveHalving(Space, 2, -1),
        ["A search: the budget must be a number above 0, not Infinity."] = () => _ = new RandomSearch(Space, 1, Infinity),
        ["A search needs a number of trials of at least 1, not 0."] = () => _ = new RandomSearch(Space, 0, 1),
        ["A search needs a number of initial points of at least 2, not -1."] = () => _ = new BayesianSearch(Space, 5, 1, initial: -1),
        ["A search needs a factor of at least 2, not 1."] = () => _ = new SuccessiveHalving(Space, 2, 1, factor: 1),
        ["A search's journal: the path is empty. Name a file or folder."] = () => new RandomSearch(Space, 1, 1).Run(_ => 0, journal: ""),
        ["The search's dimension 'x' must run from a lower to a higher number, not from NaN to 1."] = () => _ = new UniformDimension("x", NaN, 1),
        ["The search's dimension 'x' must run from a lower to a higher number, not from 0 to Infinity."] = () => _ = new UniformDimension("x", 0, Infinity),
        ["The search's dimension 'x' must run from a number above 0 to a higher one, not from 0 to 1."] = () => _ = new LogUniformDimension("x", 0, 1),
        ["The search's dimension 'x' must run from a lower to a higher number, not from 2 to 2."] = () => _ = new IntegerDimension("x", 2, 2),
        ["The search's dimension 'x' has a choice twice."] = () => _ = new ChoiceDimension("x", "a", "a"),
        ["A dimension of a search needs a name."] = () => _ = new UniformDimension("", 0, 1),
        ["A point of a search needs 1 coordinates from 0 to 1, one for each dimension."] = () => _ = new SearchPoint(Space, [NaN]),
        ["GaussianProcess: points must have as many coordinates each, and these and the scores must be finite numbers."] =
            () => GaussianProcess.Fit([[0.5]], [NaN]),
    };

    public static TheoryData<string> Messages => [.. Bad.Keys];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Setting_WithoutSense_Throws(string message) =>
        Assert.Equal(message.Replace("∞.", "Infinity.", StringComparison.Ordinal), Assert.Throws<ConfigException>(Bad[message]).Message);

    [Theory]
    [InlineData(NaN)]
    [InlineData(-1)]
    [InlineData(Infinity)]
    public void Step_ARateThatMakesNoSense_ThrowsBeforeAnythingIsComputed(double rate)
    {
        Trainer trainer = new(Model, new Sgd(Model.Parameters(), 1), _ => rate, _ => throw new InvalidOperationException("computed"));
        Assert.Equal(
            FormattableString.Invariant($"Trainer: the learning rate of step 3 is {rate}; it must be a number of at least 0. Mend the schedule."),
            Assert.Throws<ConfigException>(() => trainer.Step(new Batch(2, Tensor.Ones([1, 1]), Tensor.Ones([1, 1])))).Message);
    }

    [Fact]
    public void Run_AValidationWithoutBatches_ThrowsBeforeTheFirstStep()
    {
        TrainingLoop loop = new(New().Trainer) { Steps = 5, Validation = () => [] };
        Assert.Equal(
            "TrainingLoop: Validation gives no batches. Give at least one, or leave Validation out.",
            Assert.Throws<ConfigException>(() => loop.Run(_ => throw new InvalidOperationException("trained"))).Message);
        Assert.Equal(
            "Trainer: there are no batches to evaluate, or they are empty. Give at least one with targets.",
            Assert.Throws<ConfigException>(() => New().Trainer.Evaluate([])).Message);
    }

    [Fact]
    public void Run_AFolderThatCannotBeWritten_ThrowsBeforeTheFirstStep()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Run.Path, "a-file");
        File.WriteAllText(file, "");
        TrainingLoop loop = new(New().Trainer) { Steps = 5, Checkpoint = NewCheckpoint(), Folder = new RunFolder(Path.Combine(file, "run")) };
        CheckpointException error = Assert.Throws<CheckpointException>(() => loop.Run(_ => throw new InvalidOperationException("trained")));
        Assert.Contains("the folder cannot be made", error.Message);
        // Linux makes no files there, not even for root.
        Assert.SkipUnless(Directory.Exists("/proc/self"), "There is no folder that nobody can write.");
        Assert.StartsWith("/proc/self: no file can be written there (", Assert.Throws<CheckpointException>(() => new RunFolder("/proc/self").Create()).Message);
    }

    [Fact]
    public void Step_OfAnOptimizerOfAnotherModel_ThrowsAtOnce()
    {
        Linear other = new(1, 1, new Rng(2));
        _ = other.Parameters().Count(); // names them
        Trainer trainer = new(Model, new AdamW(other.Parameters()), _ => 0.1, batch => Model.Call(batch.Inputs).Mean());
        Assert.Equal(
            "Trainer: none of the 2 parameters of the AdamW optimizer, the first of which is 'weight', got a gradient. " +
            "Make it of the parameters of the model that computes the loss, and unfreeze some.",
            Assert.Throws<ConfigException>(() => trainer.Step(new Batch(0, Tensor.Ones([1, 1]), Tensor.Ones([1, 1])))).Message);
    }

    /// <summary>A trainer to be; initializers run when it is made.</summary>
    private sealed class Setup
    {
        public double ClipNorm { init => _ = new Trainer(Model, Sgd, _ => 0.1, Loss) { ClipNorm = value }; }

        public NonFinite OnNonFinite { init => _ = new Trainer(Model, Sgd, _ => 0.1, Loss) { OnNonFinite = value }; }

        public Trainer Trainer { get; } = new(Model, Sgd, _ => 0.1, Loss);

        private static Sgd Sgd => new(Model.Parameters(), 0.1);

        private static Variable Loss(Batch batch) => Model.Call(batch.Inputs).MeanSquaredError(batch.Targets);
    }

    private static Setup New() => new();

    private static Checkpoint NewCheckpoint() => new(Model, new Sgd(Model.Parameters(), 0.1), "{}");

    private static void Loop(long steps = 1, long every = 1) => _ = new TrainingLoop(New().Trainer) { Steps = steps, EvaluateEvery = every };

    private static void Find(double low = 1e-6, double high = 1, int steps = 100) =>
        LearningRateFinder.Run(Model, new Sgd(Model.Parameters(), 0.1), batch => Model.Call(batch.Inputs).Mean(), [], low, high, steps);
}
