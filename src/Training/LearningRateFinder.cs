using MiniStack.Data;
using MiniStack.Nn;
using MiniStack.Optim;

namespace MiniStack.Training;

/// <summary>What a <see cref="LearningRateFinder"/> saw.</summary>
/// <param name="Points">Learning rates, rising, and the smoothed loss after each.</param>
/// <param name="Suggestion">The rate at which the loss fell fastest; null when it never fell.</param>
public sealed record LearningRateSweep(IReadOnlyList<(double Rate, double Loss)> Points, double? Suggestion);

/// <summary>Trains some steps with a learning rate that grows from hopelessly small to ruinous, and watches the loss.</summary>
/// <remarks>
/// Smith 2015, arXiv:1506.01186, section 3.3, with rates that grow by a factor a step and a loss smoothed as Adam smooths gradients.
/// </remarks>
public static class LearningRateFinder
{
    /// <summary>Share of the smoothed loss that each step keeps.</summary>
    private const double Smoothing = 0.9;

    /// <summary>
    /// Sweeps; model and optimizer are afterwards what they were. Streams of random numbers, such as dropout's, have moved on.
    /// </summary>
    /// <param name="model">What learns.</param>
    /// <param name="optimizer">Updates its parameters.</param>
    /// <param name="loss">One number for a batch.</param>
    /// <param name="batches">At least <paramref name="steps"/>.</param>
    /// <param name="low">First rate.</param>
    /// <param name="high">Last rate, unless the loss explodes before: then the sweep ends when it is four times its best.</param>
    /// <param name="steps">How many rates.</param>
    /// <exception cref="ConfigException">The rates do not rise from above 0, there are fewer than 10 steps, or no batches.</exception>
    public static LearningRateSweep Run(
        Module model, Optimizer optimizer, Func<Batch, Variable> loss, IEnumerable<Batch> batches, double low = 1e-6, double high = 1,
        int steps = 100)
    {
        if (!(low > 0 && low < high && double.IsFinite(high)))
        {
            throw new ConfigException(FormattableString.Invariant(
                $"LearningRateFinder: the rates must rise from a number above 0, not from {low} to {high}."));
        }
        if (steps < 10) throw new ConfigException($"LearningRateFinder: {steps} steps show nothing. Take at least 10.");
        using IEnumerator<Batch> source = batches.GetEnumerator();
        if (!source.MoveNext())
            throw new ConfigException(FormattableString.Invariant($"LearningRateFinder: there are no batches. Give at least {steps}."));
        long optimizerSteps = optimizer.Steps;
        Dictionary<string, Tensor> weights = Copy(model.StateDict()), state = Copy(optimizer.State);
        List<(double Rate, double Loss)> points = [];
        try
        {
            int step = 0;
            Trainer trainer = new(model, optimizer, _ => low * Math.Pow(high / low, step / (steps - 1.0)), loss);
            double average = 0, best = double.PositiveInfinity;
            while (true)
            {
                StepReport report = trainer.Step(source.Current);
                average = Smoothing * average + (1 - Smoothing) * report.Loss;
                double smooth = average / (1 - Math.Pow(Smoothing, ++step)); // without the pull of the zero it started from
                points.Add((report.LearningRate, smooth));
                best = Math.Min(best, smooth);
                if (report.Loss > 4 * best || step == steps || !source.MoveNext()) break;
            }
        }
        catch (TrainingException)
        {
            // The loss is no longer a number: the end of every sweep that goes far enough.
        }
        finally
        {
            model.LoadStateDict(new StateDict(weights));
            optimizer.LoadState(state, optimizerSteps);
        }
        return new LearningRateSweep(points, Steepest(points, steps));
    }

    /// <summary>Where the loss falls fastest per factor of the rate, before its lowest point. A slope is taken over a tenth of the sweep to
    /// either side, because batches differ by more than a step changes.</summary>
    private static double? Steepest(List<(double Rate, double Loss)> points, int steps)
    {
        int reach = Math.Max(1, steps / 10), lowest = 0;
        for (int i = 0; i < points.Count; i++)
            if (points[i].Loss < points[lowest].Loss) lowest = i;
        double? rate = null;
        double steepest = 0;
        for (int i = reach; i <= lowest && i + reach < points.Count; i++)
        {
            double slope = points[i + reach].Loss - points[i - reach].Loss;
            if (slope < steepest) (rate, steepest) = (points[i].Rate, slope);
        }
        return rate;
    }

    private static Dictionary<string, Tensor> Copy(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        using MemoryScope persistent = MemoryScope.Persistent();
        return tensors.ToDictionary(pair => pair.Key, pair => pair.Value.Clone());
    }
}
