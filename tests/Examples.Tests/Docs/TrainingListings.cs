using MiniStack.Data;
using MiniStack.Nn;
using MiniStack.Optim;
using MiniStack.Training;

namespace MiniStack.Tests.Docs;

/// <summary>The page's listings about training compute what PyTorch computes.</summary>
public sealed class TrainingListings : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ministack-page-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Modes_Evaluating_SwitchDropoutOff()
    {
        Tensor x = PageCases.X;
        Sequential model = new(PageCases.Fresh(), new Dropout(0.5, new Rng(1)));
        // <modes>
        model.Eval();
        Variable output = model.Call(x);        // outside a tape nothing is recorded
        model.Train();
        // </modes>
        Assert.Null(output.Node);
        Same("modes", output.Value, Tensor.Scalar(model[1].IsTraining ? 1 : 0));
    }

    [Fact]
    public void Step_ThreeTimes_TrainsAsPyTorch()
    {
        (Sequential model, Tensor x, Tensor y) = PageCases.Begin();
        // <step>
        Sgd optimizer = new(model.Parameters(), learningRate: 0.1, momentum: 0.9);
        double last = 0;
        for (int step = 0; step < 3; step++)
        {
            using Tape tape = Tape.Begin();
            Variable loss = model.Call(x).MeanSquaredError(y);
            tape.Backward(loss);
            optimizer.Step();                   // and the gradients are gone
            last = loss.Item();                 // the tape ends here, and with it the step's memory
        }
        // </step>
        Assert.All(model.Parameters(), parameter => Assert.Null(parameter.Grad));
        Same("step", Tensor.Scalar(last), model.Call(x).Value);
    }

    [Fact]
    public void Groups_WithTheirOwnRates_TrainAsPyTorchs()
    {
        (Sequential model, Tensor x, Tensor y) = PageCases.Begin();
        // <groups>
        AdamW optimizer = new(model.Parameters(), learningRate: 1e-2, weightDecay: 0.1)
        {
            Groups = [new ParameterGroup(model.Parameters().Where(p => p.Rank == 1)) { LearningRateFactor = 0.1, WeightDecay = 0 }],
        };
        // </groups>
        for (int step = 0; step < 3; step++) Train(model, optimizer, x, y);
        Same("groups", [model.Call(x).Value, .. model.Parameters().Select(parameter => parameter.Value)]);
    }

    [Fact]
    public void Schedules_AskedForTheStep_GivePyTorchsRates()
    {
        (Sequential model, Tensor x, Tensor y) = PageCases.Begin();
        // <schedules>
        Sgd optimizer = new(model.Parameters(), learningRate: 0.1);
        CosineSchedule schedule = new(Peak: 0.1, Minimum: 0.01, WarmUp: 0, Horizon: 10);
        for (int step = 0; step < 3; step++)
        {
            using Tape tape = Tape.Begin();
            tape.Backward(model.Call(x).MeanSquaredError(y));
            optimizer.Step(schedule.At(step));
        }
        // </schedules>
        Same("schedules", model.Call(x).Value, Tensor.Scalar(schedule.At(3)));
    }

    [Fact]
    public void Clipping_OfTheNorm_IsPyTorchs()
    {
        (Sequential model, Tensor x, Tensor y) = PageCases.Begin();
        Sgd optimizer = new(model.Parameters(), learningRate: 0.1);
        using Tape tape = Tape.Begin();
        // <clipping>
        tape.Backward(model.Call(x).MeanSquaredError(y));
        double norm = optimizer.ClipGradNorm(0.5);
        optimizer.Step();
        // </clipping>
        Same("clipping", Tensor.Scalar(norm), model.Call(x).Value);
    }

    [Fact]
    public void Accumulation_OfTwoHalves_IsTheWholeBatch()
    {
        (Sequential model, Tensor x, Tensor y) = PageCases.Begin();
        Sgd optimizer = new(model.Parameters(), learningRate: 0.1);
        // <accumulation>
        foreach ((Tensor part, Tensor target) in x.Split(2).Zip(y.Split(2)))
        {
            using Tape tape = Tape.Begin();     // the memory of one half at a time
            tape.Backward(model.Call(part).MeanSquaredError(target));
        }
        optimizer.AverageGradients(2);
        optimizer.Step();
        // </accumulation>
        Same("accumulation", model.Call(x).Value);
    }

    [Fact]
    public void Mixed_PrecisionOfSixteenBits_LearnsAsWell()
    {
        (Sequential model, Tensor x, Tensor y) = PageCases.Begin();
        // <mixed>
        model.To(DType.BF16);
        MixedPrecision optimizer = new(model.Parameters(), masters => new AdamW(masters, learningRate: 1e-2));
        List<double> losses = [];
        for (int step = 0; step < 20; step++)
        {
            using Tape tape = Tape.Begin();
            Variable loss = model.Call(x.To(DType.BF16)).To(DType.F32).MeanSquaredError(y);
            tape.Backward(optimizer.Scale(loss));
            optimizer.ClipGradNorm(1);          // of the unscaled gradients
            optimizer.Step();                   // skipped when a gradient is not finite
            losses.Add(loss.Item());
        }
        // </mixed>
        Assert.Equal(20, optimizer.Steps);
        Same("mixed", Tensor.Scalar(losses[^1] < losses[0] / 2 ? 1 : 0));
    }

    [Fact]
    public void Checkpoints_Loaded_ContinueTheRun()
    {
        (Sequential model, Tensor x, Tensor y) = PageCases.Begin();
        Sequential other = PageCases.Fresh();
        Rng rng = new(seed: 5), otherRng = new(seed: 6);
        Sgd optimizer = new(model.Parameters(), 0.1, 0.9), otherOptimizer = new(other.Parameters(), 0.1, 0.9);
        Train(model, optimizer, x, y);
        rng.NextUInt32();
        string path = _folder;
        // <checkpoints>
        RunFolder folder = new(path);
        Checkpoint checkpoint = new(model, optimizer, config: "width 8") { Step = 1 };
        checkpoint.Track("data", rng);
        checkpoint.Save(folder);

        Checkpoint restored = new(other, otherOptimizer, config: "width 8");
        restored.Track("data", otherRng);
        restored.Load(folder);
        // </checkpoints>
        Assert.Equal(rng.State, otherRng.State);
        Train(other, otherOptimizer, x, y);
        Same("checkpoints", Tensor.Scalar(restored.Step), other.Call(x).Value);
    }

    [Fact]
    public void Loop_WithCallbacks_TrainsAsPyTorchs()
    {
        (Sequential model, Tensor x, Tensor y) = PageCases.Begin();
        Sgd optimizer = new(model.Parameters(), learningRate: 0.1);
        using StringWriter writer = new();
        // <loop>
        Trainer trainer = new(model, optimizer, step => 0.1, batch => model.Call(batch.Inputs).MeanSquaredError(batch.Targets)) { ClipNorm = 1 };
        TrainingLoop loop = new(trainer) { Steps = 6, EvaluateEvery = 3, Validation = () => [new Batch(0, x, y)] };
        loop.Callbacks.Add(new Progress(writer)); // the console when none is given
        loop.Callbacks.Add(new EarlyStopping(patience: 5));
        TrainingEnd end = loop.Run(first => Enumerable.Range((int)first, 6).Select(step => new Batch(step, x, y)));
        // </loop>
        Assert.Equal(TrainingEnd.Finished, end);
        Assert.Equal(["step 3/6: validation loss 0.2078", "step 6/6: validation loss 0.0734"], writer.ToString().Split(Environment.NewLine).SkipLast(1));
        Same("loop", Tensor.Scalar(trainer.Evaluate([new Batch(0, x, y)])), model.Call(x).Value);
    }

    [Fact]
    public void Summary_OfAModel_CountsItsParameters()
    {
        (Sequential model, _, _) = PageCases.Begin();
        // <summary>
        ModuleSummary summary = model.Summary([4, 3]);
        Console.WriteLine(summary); // module, output shape, parameters, FLOPs and memory, a line each
        // </summary>
        Assert.Equal(4, summary.Rows.Count);
        Same("summary", Tensor.Scalar(summary.Parameters));
    }

    [Fact]
    public void Anomalies_Detected_NameTheOperator()
    {
        // <anomalies>
        Parameter w = new(Tensor.CopyOf([-1f]));
        string message = "";
        try
        {
            using Anomalies.Detection detection = Anomalies.Detect();
            using Tape tape = Tape.Begin();
            tape.Backward(w.Sqrt().Sum());
        }
        catch (AnomalyException error)
        {
            message = error.Message;
        }
        // </anomalies>
        Assert.NotEmpty(message);
        Assert.Contains(message, PageCases.Page);
    }

    [Fact]
    public void Profiler_OfACall_NamesItsOperators()
    {
        (Sequential model, Tensor x, _) = PageCases.Begin();
        string path = Path.Combine(_folder, "profile.json");
        // <profiler>
        using Profiler profiler = Profiler.Begin();
        model.Call(x);
        string table = profiler.Table();
        profiler.WriteChromeTrace(path);
        // </profiler>
        Assert.Contains("Linear", table);
        Assert.True(File.Exists(path));
    }

    private static void Train(Sequential model, Optimizer optimizer, Tensor x, Tensor y)
    {
        using Tape tape = Tape.Begin();
        tape.Backward(model.Call(x).MeanSquaredError(y));
        optimizer.Step();
    }

    private static void Same(string topic, params ReadOnlySpan<Tensor> values) => PageCases.Same("page_training", topic, values);
}
