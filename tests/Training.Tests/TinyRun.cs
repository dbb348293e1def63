using MiniStack.Data;
using MiniStack.Models;
using MiniStack.Optim;
using MiniStack.Training;

namespace MiniStack.Tests;

/// <summary>A run of the smallest GPT on a few lines of text, with dropout so that every random stream matters.</summary>
internal sealed class TinyRun : IDisposable
{
    private readonly int _batch, _context;
    private readonly Rng _modelRng = new Rng(1), _dataRng = new Rng(2);
    private readonly TextDataset _text = new(string.Concat(Enumerable.Repeat("the cat sat on the mat. a dog ran to the log.\n", 20)));
    private readonly Trainer _trainer;
    private IEnumerator<Batch>? _batches;

    public TinyRun(string config = "{}", int channels = 8, int layers = 1, int batch = 2, int context = 8, bool tracked = true,
        Func<IEnumerable<Parameter>, Optimizer>? optimizer = null)
    {
        (_batch, _context) = (batch, context);
        Model = new Gpt(new GptConfig(_text.VocabularySize, context, layers, 2, channels, Bias: true, Dropout: 0.1), _modelRng);
        Optimizer = optimizer?.Invoke(Model.Parameters()) ?? new AdamW(Model.Parameters(), 1e-2);
        Checkpoint = new Checkpoint(Model, Optimizer, config);
        if (tracked)
        {
            Checkpoint.Track("model", _modelRng);
            Checkpoint.Track("data", _dataRng);
        }
        _trainer = new Trainer(Model, Optimizer, new CosineSchedule(1e-2, 1e-3, 2, 40).At,
            batch => Model.Forward(batch.Inputs).CrossEntropy(batch.Targets));
    }

    public Gpt Model { get; }

    public Optimizer Optimizer { get; }

    public Checkpoint Checkpoint { get; }

    public StepReport Step()
    {
        StepReport report = _trainer.Step(NextBatch());
        Checkpoint.Step = report.Step;
        return report;
    }

    /// <summary>A step of someone who never wrote <c>using</c>: the tape is not disposed. Returns the loss.</summary>
    public Tensor StepWithoutUsing()
    {
        Batch batch = NextBatch();
        Tape tape = Tape.Begin();
        Variable loss = Model.Forward(batch.Inputs).CrossEntropy(batch.Targets);
        tape.Backward(loss);
        Optimizer.ClipGradNorm(1);
        Optimizer.Step(1e-3);
        Checkpoint.Step++;
        return loss.Value;
    }

    public void Save(RunFolder folder) => Checkpoint.Save(folder);

    public void Load(RunFolder folder)
    {
        Checkpoint.Load(folder);
        _batches = null;
    }

    /// <summary>Weights and optimizer state, bit by bit.</summary>
    public int[] Bits() =>
    [
        .. Model.StateDict().Values.Concat(Optimizer.State.Select(pair => pair.Value))
            .SelectMany(tensor => tensor.ToArray<float>()).Select(BitConverter.SingleToInt32Bits),
    ];

    public double Evaluate() => _trainer.Evaluate(_text.Validation(4, _context));

    public void Dispose() => _batches?.Dispose();

    private Batch NextBatch()
    {
        _batches ??= _text.Batches(_batch, _context, _dataRng, Checkpoint.Step).GetEnumerator();
        _batches.MoveNext();
        return _batches.Current;
    }
}

/// <summary>A folder that disappears with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Run = new RunFolder(Directory.CreateTempSubdirectory("ministack-test-").FullName);

    public RunFolder Run { get; }

    public void Dispose() => Directory.Delete(Run.Path, recursive: true);
}
