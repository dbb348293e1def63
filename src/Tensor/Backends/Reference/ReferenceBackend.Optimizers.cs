namespace MiniStack;

internal partial class ReferenceBackend
{
    /// <inheritdoc/>
    public override void AdamW(ReadOnlySpan<AdamWTensors> all, in AdamWStep step)
    {
        foreach ((Tensor parameter, Tensor gradient, Tensor m, Tensor v) in all) AdamW(parameter, gradient, m, v, step);
    }

    /// <inheritdoc/>
    public override void Sgd(Tensor parameter, Tensor gradient, Tensor? velocity, in SgdStep step)
    {
        Cells p = new(parameter), g = new(gradient), velocities = velocity is null ? default : new(velocity);
        for (long i = 0; i < p.Count; i++)
        {
            double grad = g[i] * step.GradientScale + step.WeightDecay * p[i], move = grad;
            if (velocity is not null)
            {
                double next = step.Momentum * velocities[i] + grad;
                velocities[i] = next;
                move = step.Nesterov ? grad + step.Momentum * next : next;
            }
            p[i] -= step.LearningRate * move;
        }
    }

    private static void AdamW(Tensor parameter, Tensor gradient, Tensor m, Tensor v, in AdamWStep step)
    {
        Cells p = new(parameter), g = new(gradient), means = new(m), squares = new(v);
        double correction1 = 1 - Math.Pow(step.Beta1, step.Step), correction2 = 1 - Math.Pow(step.Beta2, step.Step);
        for (long i = 0; i < p.Count; i++)
        {
            double grad = g[i] * step.GradientScale;
            means[i] = step.Beta1 * means[i] + (1 - step.Beta1) * grad;
            squares[i] = step.Beta2 * squares[i] + (1 - step.Beta2) * grad * grad;
            double decayed = p[i] * (1 - step.LearningRate * step.WeightDecay);
            double root = Math.Sqrt(squares[i] / correction2) + step.Epsilon;
            p[i] = decayed - step.LearningRate * (means[i] / correction1) / root;
        }
    }
}
