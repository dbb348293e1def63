using Microsoft.Extensions.Logging;
using MiniStack.Data;
using MiniStack.Formats;
using MiniStack.Nn;
using MiniStack.Optim;
using MiniStack.Training;

namespace MiniStack.Tests;

public sealed class TrainingLoopTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_TellsItsCallbacks_InOrder()
    {
        Line line = new();
        List<string> seen = [];
        TrainingLoop loop = line.Loop(steps: 5, every: 2, _folder.Run);
        loop.Callbacks.Add(new Witness(seen));
        Assert.Equal(TrainingEnd.Finished, loop.Run(line.Batches));
        Assert.Equal(
            "start 0, before 0, step 1, before 1, step 2, save 2, evaluation 2, before 2, step 3, before 3, step 4, save 4, evaluation 4, before 4, step 5, save 5, evaluation 5, end Finished",
            string.Join(", ", seen));
    }

    [Fact]
    public void Run_WhenTheDataEnds_EvaluatesAndFinishes()
    {
        Line line = new();
        List<string> seen = [];
        TrainingLoop loop = line.Loop(steps: 100, every: 50);
        loop.Callbacks.Add(new Witness(seen));
        Assert.Equal(TrainingEnd.Finished, loop.Run(step => line.Batches(step).Take(3)));
        Assert.Equal(3, loop.Step);
        Assert.Equal(["evaluation 3", "end Finished"], seen.TakeLast(2));
    }

    [Fact]
    public void Run_CancelledAndResumed_IsTheRunThatNobodyCancelled()
    {
        Line whole = new(), first = new(), second = new();
        whole.Loop(steps: 30, every: 7).Run(whole.Batches);
        using CancellationTokenSource cancellation = new();
        TrainingLoop loop = first.Loop(steps: 30, every: 7, _folder.Run);
        loop.Callbacks.Add(new AfterStep(step => cancellation.CancelIf(step == 12)));
        Assert.Equal(TrainingEnd.Cancelled, loop.Run(first.Batches, cancellation.Token));
        Assert.Equal(12, loop.Step);
        second.Checkpoint.Load(_folder.Run);
        TrainingLoop rest = second.Loop(steps: 30, every: 7, _folder.Run);
        Assert.Equal(12, rest.Step);
        Assert.Equal(TrainingEnd.Finished, rest.Run(second.Batches));
        Assert.Equal(whole.Bits, second.Bits);
    }

    [Fact]
    public void Run_ThatDiverges_ThrowsAndTellsTheCallbacks()
    {
        Line line = new(learningRate: 1e30);
        List<string> seen = [];
        TrainingLoop loop = line.Loop(steps: 50, every: 100);
        loop.Callbacks.Add(new Witness(seen));
        Assert.Throws<TrainingException>(() => loop.Run(line.Batches));
        Assert.Equal("end Failed", seen[^1]);
    }

    [Fact]
    public void EarlyStopping_AfterPatienceWithoutImprovement_Stops_AlsoAcrossAResume()
    {
        Line line = new();
        Queue<double> losses = new([3, 2, 2.5, 2.0, 1.9995, 2.2, 1]);
        TrainingLoop First() => line.Loop(steps: 100, every: 1, _folder.Run);
        EarlyStopping Rule() => new(patience: 3, minimumDelta: 0.001);
        EarlyStopping rule = Rule();
        TrainingLoop loop = First();
        rule.OnStart(loop);
        for (int i = 0; i < 3; i++) rule.OnEvaluation(loop, losses.Dequeue());
        Assert.Null(loop.StopReason);
        // A new process: what was seen lies in the notes of the checkpoint.
        line.Checkpoint.Save(_folder.Run);
        Line later = new();
        later.Checkpoint.Load(_folder.Run);
        TrainingLoop rest = later.Loop(steps: 100, every: 1, _folder.Run);
        EarlyStopping again = Rule();
        again.OnStart(rest);
        again.OnEvaluation(rest, losses.Dequeue());
        Assert.Null(rest.StopReason);
        again.OnEvaluation(rest, losses.Dequeue()); // better, but by less than the least improvement
        Assert.Equal("The validation loss has not become better than 2.0000 for 3 evaluations.", rest.StopReason);
        Assert.Equal("EarlyStopping: the patience must be at least 1 evaluation, not 0.", Assert.Throws<ConfigException>(() => new EarlyStopping(0)).Message);
        Assert.Equal("EarlyStopping: the least improvement must be at least 0, not -1.", Assert.Throws<ConfigException>(() => new EarlyStopping(1, -1)).Message);
    }

    [Fact]
    public void EarlyStopping_InALoop_EndsIt()
    {
        Line line = new(learningRate: 0);
        TrainingLoop loop = line.Loop(steps: 1000, every: 2);
        loop.Callbacks.Add(new EarlyStopping(patience: 2));
        Assert.Equal(TrainingEnd.Stopped, loop.Run(line.Batches));
        Assert.Equal(6, loop.Step); // the first evaluation is the best; then two that are not better
    }

    [Fact]
    public void BestWeights_KeepsThoseOfTheBestEvaluation()
    {
        Line line = new();
        string path = Path.Combine(_folder.Run.Path, "best.safetensors");
        BestWeights best = new(line.Model, path);
        TrainingLoop loop = line.Loop(steps: 10, every: 1);
        best.OnStart(loop);
        foreach ((float weight, double loss) in ((float, double)[])[(1, 5), (2, 3), (3, 4)])
        {
            line.Model.Weight.Value.Fill(weight);
            best.OnEvaluation(loop, loss);
        }
        IReadOnlyDictionary<string, Tensor> saved = Safetensors.Load(path, out IReadOnlyDictionary<string, string> metadata);
        Assert.Equal([2f], saved["weight"].ToArray<float>());
        Assert.Equal("3", metadata["validation_loss"]);
        BestWeights resumed = new(line.Model, path);
        resumed.OnStart(loop);
        resumed.OnEvaluation(loop, 3.5); // worse than before the resume
        Assert.Equal([2f], Safetensors.Load(path)["weight"].ToArray<float>());
    }

    [Fact]
    public void RunLog_WritesJsonCsvAndPicture_AndContinuesThem()
    {
        Line line = new(), later = new();
        TrainingLoop loop = line.Loop(steps: 4, every: 2, _folder.Run);
        loop.Callbacks.Add(new RunLog(_folder.Run, "a line"));
        loop.Run(line.Batches);
        later.Checkpoint.Load(_folder.Run);
        TrainingLoop rest = later.Loop(steps: 6, every: 2, _folder.Run);
        RunLog log = new(_folder.Run, "a line");
        rest.Callbacks.Add(log);
        rest.Run(later.Batches);
        string[] csv = File.ReadAllLines(_folder.Run.Table);
        Assert.Equal("step,train,val", csv[0]);
        Assert.Equal(["1", "2", "3", "4", "5", "6"], csv.Skip(1).Select(row => row.Split(',')[0]));
        Assert.Equal([false, true, false, true, false, true], csv.Skip(1).Select(row => row.Split(',')[2].Length > 0));
        Assert.Equal(9, File.ReadAllLines(_folder.Run.Log).Length);
        Assert.StartsWith("<svg", File.ReadAllText(_folder.Run.Chart), StringComparison.Ordinal);
        Assert.Equal(6, log.Log.Training.Count);
    }

    [Fact]
    public void Progress_PrintsEverySoManySteps()
    {
        Line line = new();
        using StringWriter text = new();
        TrainingLoop loop = line.Loop(steps: 4, every: 4);
        loop.Callbacks.Add(new Progress(text, every: 2));
        loop.Run(line.Batches);
        string[] lines = text.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("step 2/4: loss ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("step 4/4: validation loss ", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void RunLogger_TellsALogger()
    {
        Line line = new();
        Lines logger = new();
        TrainingLoop loop = line.Loop(steps: 2, every: 2, _folder.Run);
        loop.Callbacks.Add(new RunLogger(logger, every: 2));
        loop.Run(line.Batches);
        Assert.Equal(5, logger.Messages.Count);
        Assert.Equal("Training from step 0 to 2", logger.Messages[0]);
        Assert.StartsWith("Step 2: loss ", logger.Messages[1], StringComparison.Ordinal);
        Assert.Equal("Step 2: saved", logger.Messages[2]);
        Assert.StartsWith("Step 2: validation loss ", logger.Messages[3], StringComparison.Ordinal);
        Assert.StartsWith("Training ended (Finished) at step 2.", logger.Messages[4], StringComparison.Ordinal);
    }

    [Fact]
    public void LearningRateFinder_OnAParabola_SuggestsARateThatConverges_AndLeavesEverythingAsItWas()
    {
        Line line = new();
        float[] weights = line.Bits.Select(BitConverter.Int32BitsToSingle).ToArray();
        LearningRateSweep sweep = LearningRateFinder.Run(line.Model, line.Optimizer, line.Loss, line.Batches(0), low: 1e-4, high: 1e4, steps: 80);
        Assert.Equal(weights, line.Bits.Select(BitConverter.Int32BitsToSingle));
        Assert.Equal(0, line.Optimizer.Steps);
        Assert.True(sweep.Points.Count is > 20 and < 80); // it exploded before the end
        Assert.Equal(1e-4, sweep.Points[0].Rate, 1e-12);
        // The loss is curved by 2·E[x²] along the weight and 2 along the bias, E[x²] = 1/3: a rate below 1 converges, one above 2 cannot.
        Assert.InRange(sweep.Suggestion!.Value, 0.01, 1);
        Line trained = new(learningRate: sweep.Suggestion.Value);
        trained.Loop(steps: 60, every: 100).Run(trained.Batches);
        Assert.Equal(2, trained.Model.Weight.Value.Item(), 0.05);
    }

    [Fact]
    public void LearningRateFinder_WhatMakesNoSense_Throws()
    {
        Line line = new();
        Assert.Equal("LearningRateFinder: the rates must rise from a number above 0, not from 1 to 0.1.", Assert.Throws<ConfigException>(
            () => LearningRateFinder.Run(line.Model, line.Optimizer, line.Loss, line.Batches(0), low: 1, high: 0.1)).Message);
        Assert.Equal("LearningRateFinder: 5 steps show nothing. Take at least 10.", Assert.Throws<ConfigException>(
            () => LearningRateFinder.Run(line.Model, line.Optimizer, line.Loss, line.Batches(0), steps: 5)).Message);
    }

    /// <summary>Learns y = 2x + 1 from random x.</summary>
    private sealed class Line
    {
        private readonly Rng _data = new(3);
        private readonly Trainer _trainer;

        public Line(double learningRate = 0.3)
        {
            Model = new Linear(1, 1, new Rng(1));
            Optimizer = new Sgd(Model.Parameters(), learningRate, momentum: 0.5);
            Checkpoint = new Checkpoint(Model, Optimizer, "{}");
            Checkpoint.Track("data", _data);
            _trainer = new Trainer(Model, Optimizer, _ => learningRate, Loss) { ClipNorm = 1e30 };
        }

        public Linear Model { get; }

        public Sgd Optimizer { get; }

        public Checkpoint Checkpoint { get; }

        public int[] Bits => [.. Model.StateDict().Values.SelectMany(tensor => tensor.ToArray<float>()).Select(BitConverter.SingleToInt32Bits)];

        public TrainingLoop Loop(long steps, long every, RunFolder? folder = null) => new(_trainer)
        {
            Steps = steps,
            EvaluateEvery = every,
            Validation = () => Make(new Rng(9), 0, 2),
            Checkpoint = Checkpoint,
            Folder = folder,
        };

        public Variable Loss(Batch batch) => Model.Call(batch.Inputs).MeanSquaredError(batch.Targets);

        public IEnumerable<Batch> Batches(long step) => Make(_data, step, long.MaxValue);

        private static IEnumerable<Batch> Make(Rng rng, long step, long count)
        {
            for (long i = 0; i < count; i++)
            {
                Tensor x = Tensor.Uniform([8, 1], rng, -1, 1);
                yield return new Batch(step + i, x, x * 2 + 1);
            }
        }
    }

    private sealed class Witness(List<string> seen) : TrainingCallback
    {
        public override void OnStart(TrainingLoop loop) => seen.Add($"start {loop.Step}");

        public override void BeforeStep(TrainingLoop loop) => seen.Add($"before {loop.Step}");

        public override void OnStep(TrainingLoop loop, StepReport report) => seen.Add($"step {report.Step}");

        public override void OnSave(TrainingLoop loop) => seen.Add($"save {loop.Step}");

        public override void OnEvaluation(TrainingLoop loop, double loss) => seen.Add($"evaluation {loop.Step}");

        public override void OnEnd(TrainingLoop loop, TrainingEnd end) => seen.Add($"end {end}");
    }

    private sealed class AfterStep(Action<long> action) : TrainingCallback
    {
        public override void OnStep(TrainingLoop loop, StepReport report) => action(report.Step);
    }

    private sealed class Lines : ILogger
    {
        public List<string> Messages { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Messages.Add(formatter(state, exception));
    }
}
