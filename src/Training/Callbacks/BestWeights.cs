using System.Globalization;
using MiniStack.Formats;
using MiniStack.Nn;

namespace MiniStack.Training;

/// <summary>Keeps the weights of the best evaluation in a file of their own, for use after the run.</summary>
public sealed class BestWeights : TrainingCallback
{
    private const string Note = "best_loss";

    private readonly Module _model;
    private readonly string _path;
    private double _best = double.PositiveInfinity;

    /// <summary>Of this model, in this file.</summary>
    /// <param name="model">Whose weights.</param>
    /// <param name="path">A safetensors file; replaced at each improvement.</param>
    /// <exception cref="ConfigException">The path is empty.</exception>
    public BestWeights(Module model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _path) = (model, Settings.Path(nameof(BestWeights), path));
    }

    /// <inheritdoc/>
    public override void OnStart(TrainingLoop loop)
    {
        if (!loop.Notes.TryGetValue(Note, out string? note)) return;
        if (!double.TryParse(note, NumberStyles.Float, CultureInfo.InvariantCulture, out _best))
        {
            throw new CheckpointException(
                $"BestWeights: the run's note '{Note}' is '{note}', which is no number. The run's files are damaged.");
        }
    }

    /// <inheritdoc/>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public override void OnEvaluation(TrainingLoop loop, double loss)
    {
        if (!(loss < _best)) return;
        _best = loss;
        loop.Notes[Note] = loss.ToString("R", CultureInfo.InvariantCulture);
        Safetensors.Save(_path, _model.StateDict(), new Dictionary<string, string>
        {
            ["step"] = loop.Step.ToString(CultureInfo.InvariantCulture),
            ["validation_loss"] = loop.Notes[Note],
        });
    }
}
