using System.Globalization;
using MiniStack.Formats;
using MiniStack.Nn;

namespace MiniStack.Training;

/// <summary>Keeps the weights of the best evaluation in a file of their own, for use after the run.</summary>
/// <param name="model">Whose weights.</param>
/// <param name="path">A safetensors file; replaced at each improvement.</param>
public sealed class BestWeights(Module model, string path) : TrainingCallback
{
    private const string Note = "best_loss";

    private double _best = double.PositiveInfinity;

    /// <inheritdoc/>
    public override void OnStart(TrainingLoop loop)
    {
        if (loop.Notes.TryGetValue(Note, out string? note)) _best = double.Parse(note, CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public override void OnEvaluation(TrainingLoop loop, double loss)
    {
        if (!(loss < _best)) return;
        _best = loss;
        loop.Notes[Note] = loss.ToString("R", CultureInfo.InvariantCulture);
        Safetensors.Save(path, model.StateDict(), new Dictionary<string, string>
        {
            ["step"] = loop.Step.ToString(CultureInfo.InvariantCulture),
            ["validation_loss"] = loop.Notes[Note],
        });
    }
}
