namespace MiniStack;

internal partial class ReferenceBackend
{
    /// <inheritdoc/>
    public override void CtcLoss(
        Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor losses, Tensor alpha)
    {
        Cells from = new(logProbabilities), labels = new(targets), steps = new(inputLengths), lengths = new(targetLengths);
        Cells to = new(losses), paths = new(alpha);
        int batch = logProbabilities.Shape[1], classes = logProbabilities.Shape[2], time = alpha.Shape[1], width = alpha.Shape[2];
        for (int n = 0; n < batch; n++)
        {
            int[] states = CtcStates(labels, n, targets.Shape[1], (int)lengths.Integer(n), blank);
            double[] before = [], now = [];
            for (int t = 0; t < steps.Integer(n); t++)
            {
                now = new double[states.Length];
                for (int s = 0; s < now.Length; s++)
                {
                    double arriving = t == 0
                        ? (s < 2 ? 0 : double.NegativeInfinity)
                        : LogSum(
                            before[s], s > 0 ? before[s - 1] : double.NegativeInfinity,
                            CtcSkips(states, s) ? before[s - 2] : double.NegativeInfinity);
                    now[s] = arriving + from[((long)t * batch + n) * classes + states[s]];
                    paths[((long)n * time + t) * width + s] = now[s];
                }
                before = now;
            }
            // Without any step, only nothing can have been said.
            if (now.Length == 0) to[n] = states.Length == 1 ? 0 : double.PositiveInfinity;
            else to[n] = -CtcTotal(paths, ((long)n * time + steps.Integer(n) - 1) * width, states.Length);
        }
    }

    /// <inheritdoc/>
    public override void CtcLossBackward(
        Tensor logProbabilities, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, Tensor alpha,
        Tensor dlosses, Tensor dlogProbabilities)
    {
        Cells from = new(logProbabilities), labels = new(targets), steps = new(inputLengths), lengths = new(targetLengths);
        Cells grad = new(dlosses), paths = new(alpha), to = new(dlogProbabilities);
        int batch = logProbabilities.Shape[1], classes = logProbabilities.Shape[2], time = alpha.Shape[1], width = alpha.Shape[2];
        double[] gradients = new double[to.Count];
        for (int n = 0; n < batch; n++)
        {
            int[] states = CtcStates(labels, n, targets.Shape[1], (int)lengths.Integer(n), blank);
            int last = grad[n] == 0 ? -1 : (int)steps.Integer(n) - 1; // of an infinite loss that does not count, 0·NaN would be left
            double[] later = [];
            double total = last < 0 ? 0 : CtcTotal(paths, ((long)n * time + last) * width, states.Length);
            for (int t = last; t >= 0; t--)
            {
                // ln of the probability of the steps after t, given state s at t; then with that of step t itself, for step t − 1.
                double[] now = new double[states.Length];
                for (int s = 0; s < now.Length; s++)
                {
                    now[s] = t == last
                        ? (s >= now.Length - 2 ? 0 : double.NegativeInfinity)
                        : LogSum(
                            later[s], s + 1 < now.Length ? later[s + 1] : double.NegativeInfinity,
                            s + 2 < now.Length && CtcSkips(states, s + 2) ? later[s + 2] : double.NegativeInfinity);
                    double posterior = Math.Exp(paths[((long)n * time + t) * width + s] + now[s] - total);
                    gradients[((long)t * batch + n) * classes + states[s]] -= grad[n] * posterior;
                    now[s] += from[((long)t * batch + n) * classes + states[s]];
                }
                later = now;
            }
        }
        for (long i = 0; i < to.Count; i++) to[i] = gradients[i];
    }

    /// <summary>The target with a blank before, between and after its labels.</summary>
    private static int[] CtcStates(Cells labels, int item, int stride, int length, int blank)
    {
        int[] states = new int[2 * length + 1];
        for (int s = 0; s < states.Length; s++) states[s] = s % 2 == 0 ? blank : (int)labels.Integer((long)item * stride + s / 2);
        return states;
    }

    /// <summary>ln of the probability of the target: its last step ends in the last blank or the last label.</summary>
    private static double CtcTotal(Cells alpha, long lastStep, int states) => LogSum(
        alpha[lastStep + states - 1], states > 1 ? alpha[lastStep + states - 2] : double.NegativeInfinity, double.NegativeInfinity);

    /// <summary>A label may follow another label without a blank between, unless it is the same one.</summary>
    private static bool CtcSkips(int[] states, int s) => s > 1 && s % 2 == 1 && states[s] != states[s - 2];

    private static double LogSum(double a, double b, double c)
    {
        double max = Math.Max(a, Math.Max(b, c));
        return double.IsNegativeInfinity(max) ? max : max + Math.Log(Math.Exp(a - max) + Math.Exp(b - max) + Math.Exp(c - max));
    }

    /// <inheritdoc/>
    public override void CrossEntropy(Tensor logits, Tensor targets, Tensor losses, Tensor logSumExp)
    {
        Cells from = new(logits), classes = new(targets), to = new(losses), sums = new(logSumExp);
        int length = logits.Shape[^1];
        for (long row = 0; row < to.Count; row++)
        {
            (double max, double logSum) = LogSumExp(from, row * length, length);
            sums[row] = max + logSum;
            to[row] = max - from[row * length + classes.Integer(row)] + logSum;
        }
    }

    /// <inheritdoc/>
    public override void CrossEntropyBackward(Tensor logits, Tensor targets, Tensor logSumExp, Tensor dlosses, Tensor dlogits)
    {
        Cells from = new(logits), classes = new(targets), sums = new(logSumExp), grad = new(dlosses), to = new(dlogits);
        int length = logits.Shape[^1];
        for (long row = 0; row < grad.Count; row++)
        {
            double total = 0; // 1, but for the rounding of the logSumExp
            for (int i = 0; i < length; i++) total += Math.Exp(from[row * length + i] - sums[row]);
            for (int i = 0; i < length; i++)
            {
                double probability = Math.Exp(from[row * length + i] - sums[row]) / total;
                to[row * length + i] = grad[row] * (probability - (i == classes.Integer(row) ? 1 : 0));
            }
        }
    }
}
