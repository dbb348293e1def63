using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>Evaluation is a matter of the call, not of the model.</summary>
public class EvaluationTests
{
    private readonly Sequential _model = new(new Linear(4, 8, new Rng(1)), new Dropout(0.5, new Rng(2)), new BatchNorm(8), new Linear(8, 3, new Rng(3)));
    private readonly Tensor _x = Tensor.Normal([5, 4], new Rng(4));

    [Fact]
    public void Predict_OfAModelInTraining_EvaluatesAndLeavesItAlone()
    {
        byte[] state = State();
        _model[1].Eval();
        bool[] modes = [.. _model.Modules().Select(named => named.Module.IsTraining)];
        float[] predicted = _model.Predict(_x).ToArray<float>();
        Assert.Equal(modes, _model.Modules().Select(named => named.Module.IsTraining));
        Assert.Equal(state, State());
        _model.Eval();
        Assert.Equal(_model.Call(_x).Value.ToArray<float>(), predicted);
    }

    [Fact]
    public void Predict_UnderATape_IsNotRecordedAndOwnedByTheScopeAround()
    {
        using Tape tape = Tape.Begin();
        long before = MemoryScope.Current!.Bytes;
        Tensor y = _model.Predict(_x);
        Assert.Equal(0, tape.Count);
        Assert.Same(MemoryScope.Current, y.Storage.Scope);
        Assert.Equal(before + y.Storage.Bytes, MemoryScope.Current!.Bytes); // nothing of the pass is left but its result
    }

    [Fact]
    public void Predict_FromManyThreadsWhileOneTrains_GivesOneResult()
    {
        float[] expected = _model.Predict(_x).ToArray<float>();
        using CancellationTokenSource stop = new();
        Thread trainer = new(() =>
        {
            Tensor own = Tensor.Normal([5, 4], new Rng(5));
            Sequential other = new(new Linear(4, 4, new Rng(1)), new Dropout(0.5, new Rng(2)));
            while (!stop.IsCancellationRequested)
            {
                using Tape tape = Tape.Begin();
                tape.Backward(other.Call(own).Sum());
                _model.Train();
                Assert.True(other.IsTraining);
            }
        });
        trainer.Start();
        try
        {
            Parallel.For(0, 200, _ => Assert.Equal(expected, _model.Predict(_x).ToArray<float>()));
        }
        finally
        {
            stop.Cancel();
            trainer.Join();
        }
    }

    [Fact]
    public void Predict_ThatThrows_LeavesEverythingAsItWas()
    {
        Assert.Throws<ShapeException>(() => _model.Predict(Tensor.Ones([5, 3])));
        Assert.True(_model.IsTraining);
        Assert.Null(MemoryScope.Current);
        Assert.False(Evaluation.IsRunning);
        using Tape tape = Tape.Begin();
        tape.Backward(_model.Call(_x).Sum());
    }

    [Fact]
    public void Run_StartsThreads_TheyEvaluateToo()
    {
        bool[] modes = new bool[8];
        Evaluation.Run(() =>
        {
            Parallel.For(0, modes.Length, i => modes[i] = _model.IsTraining);
            return 0;
        });
        Assert.All(modes, Assert.False);
    }

    [Fact]
    public void Predict_OfSeveralTensors_KeepsWhatIsRead()
    {
        Tensor? dropped = null;
        (Tensor First, double Second) result = _model.Predict((Variable)_x, (Variable y) =>
        {
            dropped = y.Value;
            return (y.Value + 1, y.Value.Sum().Item());
        });
        Assert.Equal(result.Second + 15, result.First.Sum().Item(), 1e-4);
        Assert.False(dropped!.IsAlive);
    }

    private byte[] State() => [.. _model.StateDict().SelectMany(entry => System.Runtime.InteropServices.MemoryMarshal.AsBytes(entry.Value.To(DType.F64).ToArray<double>().AsSpan()).ToArray())];
}
