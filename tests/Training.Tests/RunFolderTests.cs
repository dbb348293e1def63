using MiniStack.Data;
using MiniStack.Nn;
using MiniStack.Optim;
using MiniStack.Training;

namespace MiniStack.Tests;

/// <summary>What a run's folder promises: nothing damaged is loaded, one run at a time, and a run that ends anywhere can go on.</summary>
public sealed class RunFolderTests(ITestOutputHelper output)
{
    [Fact]
    public void Load_OfAFlippedBit_IsAnErrorOrTheSameState()
    {
        using TemporaryFolder folder = new();
        Line line = new();
        line.Loop(steps: 3, every: 2, folder.Run).Run(line.Batches);
        line.Checkpoint.Notes["a"] = "b";
        line.Checkpoint.Save(folder.Run);
        foreach (string old in Directory.GetFiles(folder.Run.Path, "*.previous")) File.Delete(old); // else they would be loaded instead
        string right = State(Loaded(folder.Run)!);
        (int flips, int noticed) = (0, 0);
        foreach (string file in (string[])[folder.Run.Model, folder.Run.State])
        {
            byte[] bytes = File.ReadAllBytes(file);
            for (int bit = 0; bit < 8 * bytes.Length; bit += Soak.IsOn ? 1 : 19)
            {
                byte[] damaged = [.. bytes];
                damaged[bit / 8] ^= (byte)(1 << bit % 8);
                File.WriteAllBytes(file, damaged);
                flips++;
                if (Loaded(folder.Run) is not { } loaded) noticed++;
                else Assert.Equal(right, State(loaded));
            }
            File.WriteAllBytes(file, bytes);
        }
        output.WriteLine($"measured: {flips} flipped bits, {noticed} noticed, the others without consequence");
        Assert.True(noticed > flips * 0.9);
    }

    [Fact]
    public void Lock_WhileAnotherHasIt_IsRefusedWithASentence()
    {
        using TemporaryFolder folder = new();
        RunFolder other = new(folder.Run.Path);
        string message = $"{folder.Run.Path}: another run is at work in this folder. Wait until it ends, or choose another folder.";
        Line line = new(), second = new();
        using (folder.Run.Lock())
        {
            Assert.Equal(message, Assert.Throws<CheckpointException>(folder.Run.Lock).Message);
            Assert.Equal(message, Assert.Throws<CheckpointException>(other.Lock).Message);
            Assert.Equal(message, Assert.Throws<CheckpointException>(() => second.Checkpoint.Save(other)).Message);
            Assert.Equal(message, Assert.Throws<CheckpointException>(() => second.Loop(5, 2, other).Run(second.Batches)).Message);
            line.Loop(steps: 2, every: 2, folder.Run).Run(line.Batches); // who has the lock may run
        }
        using (other.Lock())
        {
        }
        CheckpointException missing = Assert.Throws<CheckpointException>(new RunFolder(Path.Combine(folder.Run.Path, "none")).Lock);
        Assert.Contains("none: it cannot be locked for a run (", missing.Message);
    }

    [Fact]
    public void Run_InAFolderWhereOneRuns_IsRefusedAndTheFirstGoesOn()
    {
        using TemporaryFolder folder = new();
        Line alone = new(), first = new();
        alone.Loop(steps: 6, every: 2).Run(alone.Batches);
        TrainingLoop loop = first.Loop(steps: 6, every: 2, folder.Run);
        int refused = 0;
        loop.Callbacks.Add(new AfterStep(_ =>
        {
            foreach (RunFolder same in (RunFolder[])[folder.Run, new RunFolder(folder.Run.Path)])
            {
                Line second = new();
                second.Checkpoint.Load(folder.Run); // reading disturbs nobody
                CheckpointException error = Assert.Throws<CheckpointException>(() => second.Loop(6, 2, same).Run(second.Batches));
                Assert.Contains("another run is at work in this folder", error.Message);
                refused++;
            }
        }));
        Assert.Equal(TrainingEnd.Finished, loop.Run(first.Batches));
        Assert.Equal(12, refused);
        Assert.Equal(State(alone), State(first));
    }

    [Fact]
    public void Run_InAFolderWithACheckpointThatWasNotLoaded_IsRefused()
    {
        using TemporaryFolder folder = new();
        Line first = new(), second = new();
        first.Loop(steps: 2, every: 2, folder.Run).Run(first.Batches);
        Assert.Equal(
            $"{folder.Run.Path}: it holds a checkpoint that this run has not loaded, and would lose. Continue it with Checkpoint.Load, or choose another folder.",
            Assert.Throws<CheckpointException>(() => second.Loop(2, 2, folder.Run).Run(second.Batches)).Message);
        second.Checkpoint.Load(folder.Run);
        second.Loop(4, 2, folder.Run).Run(second.Batches);
        Assert.Equal(4, second.Checkpoint.Step);
    }

    [Fact]
    public void Run_ThatEndsBeforeItsFirstSave_GoesOnFromItsBeginning()
    {
        using TemporaryFolder folder = new();
        Line whole = new(), first = new(), second = new();
        whole.Loop(steps: 5, every: 100).Run(whole.Batches);
        TrainingLoop loop = first.Loop(steps: 5, every: 100, folder.Run);
        loop.Callbacks.Add(new AfterStep(step =>
        {
            if (step == 3) throw new InvalidOperationException("as if killed");
        }));
        Assert.Throws<InvalidOperationException>(() => loop.Run(first.Batches));
        second.Checkpoint.Load(folder.Run);
        Assert.Equal(0, second.Checkpoint.Step);
        second.Loop(steps: 5, every: 100, folder.Run).Run(second.Batches);
        Assert.Equal(State(whole), State(second));
    }

    [Theory]
    [InlineData("evaluation")] // in its middle
    [InlineData("callback")] // between two callbacks that hear of it
    [InlineData("step")] // between two steps
    public void Resume_AfterACutAnywhere_EndsAsTheRunThatNobodyCut(string where)
    {
        string right = Run(cut: 0, where);
        Assert.Contains("Stopped", right);
        foreach (int cut in Soak.IsOn ? Enumerable.Range(1, 30) : [1, 2, 7]) Assert.Equal(right, Run(cut, where));
    }

    /// <summary>A run with early stopping, averages and a plateau schedule; the cut-th thing of a kind is as if the process were killed there.</summary>
    private static string Run(int cut, string where)
    {
        using TemporaryFolder folder = new();
        int left = cut;
        for (int part = 0; part < 2; part++)
        {
            Line line = new() { OnEvaluate = () => Cut("evaluation") };
            if (folder.Run.HasRun) line.Checkpoint.Load(folder.Run);
            TrainingLoop loop = line.Loop(steps: 60, every: 3, folder.Run);
            loop.Callbacks.Add(new Follow(line));
            loop.Callbacks.Add(new EarlyStopping(patience: 3, minimumDelta: 2e-3));
            loop.Callbacks.Add(new AfterStep(_ => Cut("step"), () => Cut("callback")));
            try
            {
                TrainingEnd end = loop.Run(line.Batches);
                return $"{end} {loop.Step} {loop.StopReason} {State(line)}";
            }
            catch (InvalidOperationException)
            {
                // The next part goes on with what lies in the folder, as after a kill.
            }
        }
        throw new InvalidOperationException("cut twice");

        void Cut(string here)
        {
            if (here == where && --left == 0) throw new InvalidOperationException("as if killed");
        }
    }

    [Fact]
    public void Load_WithoutAPartThatIsTracked_ThrowsAndChangesNothing()
    {
        using TemporaryFolder folder = new();
        Line line = new(), other = new();
        line.Loop(steps: 2, every: 2, folder.Run).Run(line.Batches);
        other.Checkpoint.Track("second", new LossScaler());
        string before = State(other);
        Assert.Equal(
            "The checkpoint's state 'second/scaler.numbers' is missing. It was saved without it, or of another model; track what the run began with.",
            Assert.Throws<CheckpointException>(() => other.Checkpoint.Load(folder.Run)).Message);
        Assert.Equal(before, State(other));
    }

    [Fact]
    public void Lock_ThroughAnotherNameOfTheFolder_IsTheSameLock()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the lock is a file's.");
        using TemporaryFolder folder = new(), elsewhere = new();
        string other = Path.Combine(elsewhere.Run.Path, "link");
        Directory.CreateSymbolicLink(other, folder.Run.Path);
        using IDisposable locked = folder.Run.Lock();
        Assert.Contains("another run is at work", Assert.Throws<CheckpointException>(new RunFolder(other).Lock).Message);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Run.Path));
    }

    [Fact]
    public void Run_ALogThatIsALink_IsRefusedAndNothingIsWrittenElsewhere()
    {
        using TemporaryFolder folder = new(), elsewhere = new();
        string target = Path.Combine(elsewhere.Run.Path, "precious");
        File.WriteAllText(target, "precious\n");
        Line line = new();
        line.Loop(steps: 2, every: 2, folder.Run).Run(line.Batches);
        string file = folder.Run.Log;
        File.Delete(file);
        File.CreateSymbolicLink(file, target);
        TrainingLoop rest = line.Loop(steps: 4, every: 2, folder.Run);
        rest.Callbacks.Add(new RunLog(folder.Run, "link"));
        CheckpointException error = Assert.Throws<CheckpointException>(() => rest.Run(line.Batches));
        Assert.Equal($"{file}: it is a symbolic link, and a run writes no files elsewhere. Remove the link.", error.Message);
        Assert.Equal("precious\n", File.ReadAllText(target));
    }

    private static Line? Loaded(RunFolder folder)
    {
        Line line = new();
        try
        {
            line.Checkpoint.Load(folder);
            return line;
        }
        catch (MiniStackException)
        {
            return null; // anything else is not typed, and fails the test
        }
    }

    /// <summary>All that a run continues from, as text.</summary>
    private static string State(Line line) => string.Join(' ',
    [
        .. line.Model.StateDict().Concat(line.Optimizer.State).Concat(line.Average.State).Concat(line.Plateau.State)
            .Select(pair => $"{pair.Key}={string.Join(',', pair.Value.To(DType.F64).ToArray<double>().Select(BitConverter.DoubleToInt64Bits))}"),
        $"{line.Checkpoint.Step} {line.Optimizer.Steps} {line.Data.State}",
        .. line.Checkpoint.Notes.OrderBy(note => note.Key).Select(note => $"{note.Key}: {note.Value}"),
    ]);

    /// <summary>Averages follow the steps, the rate follows the evaluations.</summary>
    private sealed class Follow(Line line) : TrainingCallback
    {
        public override void OnStep(TrainingLoop loop, StepReport report) => line.Average.Update();

        public override void OnEvaluation(TrainingLoop loop, double loss) => line.Plateau.Report(loss);
    }

    private sealed class AfterStep(Action<long> action, Action? evaluated = null) : TrainingCallback
    {
        public override void OnStep(TrainingLoop loop, StepReport report) => action(report.Step);

        public override void OnEvaluation(TrainingLoop loop, double loss) => evaluated?.Invoke();
    }

    /// <summary>Learns y = 2x + 1 from random x, with averages and a schedule that looks at results.</summary>
    private sealed class Line
    {
        private readonly Trainer _trainer;

        public Line()
        {
            Model = new Linear(1, 1, new Rng(1));
            Optimizer = new AdamW(Model.Parameters(), 0.1);
            Average = new ExponentialMovingAverage(Model.Parameters(), 0.9, warmUp: true);
            Plateau = new ReduceOnPlateau(0.2, factor: 0.5, patience: 1);
            Checkpoint = new Checkpoint(Model, Optimizer, "{}");
            Checkpoint.Track("data", Data);
            Checkpoint.Track("average", Average);
            Checkpoint.Track("plateau", Plateau);
            _trainer = new Trainer(Model, Optimizer, Plateau.At, Loss);
        }

        public Linear Model { get; }

        public AdamW Optimizer { get; }

        public ExponentialMovingAverage Average { get; }

        public ReduceOnPlateau Plateau { get; }

        public Checkpoint Checkpoint { get; }

        public Rng Data { get; } = new(3);

        public Action? OnEvaluate { get; init; }

        public TrainingLoop Loop(long steps, long every, RunFolder? folder = null) => new(_trainer)
        {
            Steps = steps,
            EvaluateEvery = every,
            Validation = () => Validation(),
            Checkpoint = Checkpoint,
            Folder = folder,
        };

        public IEnumerable<Batch> Batches(long step)
        {
            while (true) yield return Make(Data);
        }

        private IEnumerable<Batch> Validation()
        {
            yield return Make(new Rng(9));
            OnEvaluate?.Invoke();
        }

        private static Batch Make(Rng rng)
        {
            Tensor x = Tensor.Uniform([8, 1], rng, -1, 1);
            return new Batch(0, x, x * 2 + 1);
        }

        private Variable Loss(Batch batch) => Model.Call(batch.Inputs).MeanSquaredError(batch.Targets);
    }
}
