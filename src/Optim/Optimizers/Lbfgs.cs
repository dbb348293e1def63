using System.Diagnostics;

namespace MiniStack.Optim;

/// <summary>
/// Limited-memory BFGS: Newton's method with a Hessian guessed from the last gradients, for small smooth problems without noise.
/// </summary>
/// <remarks>
/// Liu and Nocedal 1989, "On the limited memory BFGS method for large scale optimization"; rules for steps, line search and stopping, and
/// the defaults, are those of PyTorch's LBFGS. All parameters count as one vector: there are no groups and no weight decay. It keeps
/// 2·historySize + 3 copies of the parameters, and one more during a step: a step that fails, or that meets a loss or gradient which is no
/// finite number, is taken back whole and not counted, and the history is forgotten.
/// </remarks>
public sealed class Lbfgs : Optimizer
{
    private readonly ParameterVector _gradient, _direction, _previousGradient;
    private readonly Tensor[] _y, _s; // by parameter, [history, …shape]: changes of gradient and of position, a ring
    private readonly Tensor _rho, _numbers; // 1/(y·s) by slot of the ring; the places named below
    private readonly int _maxIterations, _maxEvaluations, _historySize;
    private readonly double _gradientTolerance, _changeTolerance;
    private readonly bool _strongWolfe;

    private enum Place { Iterations, Stored, Oldest, StepLength, HessianScale, Count }

    /// <param name="parameters">What to optimize.</param>
    /// <param name="learningRate">Step size, or the line search's first guess.</param>
    /// <param name="maxIterations">Directions taken in a step.</param>
    /// <param name="maxEvaluations">Evaluations after which a step takes no further direction; null for 1.25 times the directions.</param>
    /// <param name="gradientTolerance">A step ends where no element of the gradient is larger.</param>
    /// <param name="changeTolerance">A step ends where neither loss nor any parameter changes by more.</param>
    /// <param name="historySize">How many changes are remembered.</param>
    /// <param name="strongWolfe">Search along each direction for a point that meets the strong Wolfe conditions; otherwise go one step
    /// size.</param>
    /// <exception cref="ConfigException">A number makes no sense.</exception>
    public Lbfgs(
        IEnumerable<Parameter> parameters, double learningRate = 1, int maxIterations = 20, int? maxEvaluations = null,
        double gradientTolerance = 1e-7, double changeTolerance = 1e-9, int historySize = 100, bool strongWolfe = false)
        : base(parameters, learningRate)
    {
        _maxIterations = (int)Check.AtLeast(nameof(Lbfgs), 1, maxIterations, "number of iterations");
        _maxEvaluations = (int)Check.AtLeast(nameof(Lbfgs), 1, maxEvaluations ?? maxIterations * 5L / 4, "number of evaluations");
        _historySize = (int)Check.AtLeast(nameof(Lbfgs), 1, historySize, "history size");
        _gradientTolerance = CheckNotNegative(gradientTolerance, "tolerance of gradients");
        _changeTolerance = CheckNotNegative(changeTolerance, "tolerance of changes");
        _strongWolfe = strongWolfe;
        using MemoryScope persistent = MemoryScope.Persistent();
        (_gradient, _direction, _previousGradient) = (new(ZerosLikeParameters()), new(ZerosLikeParameters()), new(ZerosLikeParameters()));
        (_y, _s) = (Ring(), Ring());
        _rho = Tensor.Zeros([historySize], DType.F64);
        _numbers = Tensor.Zeros([(int)Place.Count], DType.F64);

        Tensor[] Ring() => [.. Parameters.Select(p => Tensor.Zeros([historySize, .. p.Shape.ToArray()], p.Value.DType, p.Value.Device))];
    }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, Tensor>> State =>
    [
        .. Named(_direction.Parts, "direction"), .. Named(_previousGradient.Parts, "previousGradient"),
        .. Named(_y, "y"), .. Named(_s, "s"),
        KeyValuePair.Create("lbfgs.rho", _rho), KeyValuePair.Create("lbfgs.numbers", _numbers),
    ];

    /// <summary>Takes up to <c>maxIterations</c> directions.</summary>
    /// <param name="closure">
    /// Computes the loss at the parameters' present values, calls Backward, and returns the loss; under a tape of its own. It may average
    /// and clip the gradients. It is called several times.
    /// </param>
    /// <param name="learningRate">Step size of this step; null for <see cref="Optimizer.LearningRate"/>.</param>
    /// <returns>The loss before the step.</returns>
    /// <exception cref="ConfigException">The learning rate is negative or not a number; nothing was changed.</exception>
    /// <remarks>Whatever the closure throws is passed on; the parameters are then those before the step.</remarks>
    public double Step(Func<double> closure, double? learningRate = null)
    {
        double rate = learningRate is { } given ? CheckNotNegative(given, "learning rate of a step") : LearningRate;
        for (int i = 0; i < Parameters.Count; i++) CheckFits(i);
        using MemoryScope scope = MemoryScope.Begin();
        Tensor[] before = [.. Parameters.Select(p => p.Value.Clone())];
        bool done = false;
        try
        {
            double first = Evaluate(closure, _gradient);
            done = double.IsFinite(first) && double.IsFinite(_gradient.LargestMagnitude()) && Descend(closure, rate, first);
            if (done) Steps++;
            return first;
        }
        finally
        {
            if (!done) TakeBack(before);
        }
    }

    private void TakeBack(Tensor[] before)
    {
        ClearGradients();
        for (int i = 0; i < before.Length; i++) Parameters[i].Value.CopyFrom(before[i]);
        (this[Place.Iterations], this[Place.Stored], this[Place.Oldest]) = (0, 0, 0);
    }

    /// <returns>False when a loss or gradient on the way is no finite number.</returns>
    private bool Descend(Func<double> closure, double rate, double first)
    {
        double loss = first;
        int evaluations = 1;
        if (_gradient.LargestMagnitude() <= _gradientTolerance) return true;
        for (int iteration = 1; ; iteration++)
        {
            using MemoryScope scope = MemoryScope.Begin();
            bool isFirst = ++this[Place.Iterations] == 1;
            if (isFirst) (this[Place.HessianScale], this[Place.Stored]) = (1, 0);
            else Remember();
            SetDirection();
            _previousGradient.CopyFrom(_gradient);
            double previousLoss = loss, length = isFirst ? Math.Min(1, 1 / _gradient.SumOfMagnitudes()) * rate : rate;
            double slope = _gradient.Dot(_direction);
            this[Place.StepLength] = length;
            if (slope > -_changeTolerance) break;
            if (_strongWolfe)
            {
                StrongWolfe.Point found = Search(closure, new(0, loss, slope, _gradient), length, ref evaluations);
                (loss, length) = (found.Loss, found.Step);
                if (!double.IsFinite(loss)) return false;
                if (found.Gradient != _gradient) _gradient.CopyFrom(found.Gradient);
                this[Place.StepLength] = length;
                Move(length);
            }
            else
            {
                Move(length);
                if (iteration == _maxIterations) break; // with noise, a loss that nobody uses is not worth its time
                loss = Evaluate(closure, _gradient);
                evaluations++;
                if (!double.IsFinite(loss) || !double.IsFinite(_gradient.LargestMagnitude())) return false;
            }
            if (iteration == _maxIterations || evaluations >= _maxEvaluations
                || _gradient.LargestMagnitude() <= _gradientTolerance
                || _direction.LargestMagnitude() * Math.Abs(length) <= _changeTolerance
                || Math.Abs(loss - previousLoss) < _changeTolerance)
            {
                break;
            }
        }
        return true;
    }

    /// <inheritdoc/>
    public override bool SkipsNonFinite => true;

    /// <summary>The ring's places must lie in it.</summary>
    private protected override void CheckNumbers(IReadOnlyDictionary<string, Tensor> state)
    {
        double[] numbers = state["lbfgs.numbers"].To(DType.F64).ToArray<double>();
        (double stored, double oldest) = (numbers[(int)Place.Stored], numbers[(int)Place.Oldest]);
        if (stored >= 0 && stored <= _historySize && oldest >= 0 && oldest < _historySize) return;
        throw new CheckpointException(
            FormattableString.Invariant(
                $"The optimizer's state 'lbfgs.numbers' has {stored} changes from {oldest} on in a history of {_historySize}. ") +
            "It was saved with another optimizer or model.");
    }

    /// <inheritdoc/>
    private protected override bool Accepts() => throw new ConfigException(
        "Lbfgs: a step evaluates the loss several times. " +
        "Call Step(closure) with a closure that computes the loss, calls Backward and returns the loss.");

    /// <inheritdoc/>
    protected override void Update(int index, Tensor parameter, Tensor gradient, double learningRate, double gradientScale) =>
        throw new UnreachableException();

    internal override void Treat(IReadOnlyList<ParameterGroup> groups) => throw new ConfigException(
        "Lbfgs: all parameters are one vector, so there are no groups with a learning rate or weight decay of their own. " +
        "Leave Groups out.");

    private double this[Place place]
    {
        get => _numbers.AsReadOnlySpan<double>()[(int)place];
        set => _numbers.AsSpan<double>()[(int)place] = value;
    }

    /// <summary>Loss and gradient where the parameters are.</summary>
    private double Evaluate(Func<double> closure, ParameterVector gradient)
    {
        ClearGradients();
        double loss = closure();
        for (int i = 0; i < Parameters.Count; i++)
        {
            using MemoryScope scope = MemoryScope.Begin();
            if (IsDue(i)) gradient.Parts[i].CopyFrom(Scaled(Parameters[i].Grad!, GradientScale));
            else gradient.Parts[i].Fill(0);
        }
        ClearGradients();
        return loss;
    }

    private StrongWolfe.Point Search(Func<double> closure, StrongWolfe.Point start, double length, ref int evaluations)
    {
        Tensor[] before = [.. Parameters.Select(p => p.Value.Clone())];
        int count = 0;
        StrongWolfe.Point found = StrongWolfe.Search(EvaluateAt, start, length, _direction.LargestMagnitude(), _changeTolerance);
        evaluations += count;
        return found;

        StrongWolfe.Point EvaluateAt(double step)
        {
            count++;
            Move(step);
            ParameterVector gradient = new([.. before.Select(x => Tensor.Zeros(x.Shape, x.DType, x.Device))]);
            double loss = Evaluate(closure, gradient);
            for (int i = 0; i < before.Length; i++) Parameters[i].Value.CopyFrom(before[i]);
            double slope = gradient.Dot(_direction);
            // What is no number is too high, and so is where the gradient is none.
            return new(step, double.IsFinite(loss) && double.IsFinite(slope) ? loss : double.PositiveInfinity, slope, gradient);
        }
    }

    /// <summary>p ← p + length·direction.</summary>
    private void Move(double length)
    {
        for (int i = 0; i < Parameters.Count; i++)
        {
            using MemoryScope scope = MemoryScope.Begin();
            if (Parameters[i].RequiresGrad) Parameters[i].Value.AddInPlace(_direction.Parts[i] * length);
        }
    }

    /// <summary>Puts the last change of position, s, and of gradient, y, into the ring, if the loss curves upwards along it.</summary>
    private void Remember()
    {
        ParameterVector y = _gradient.Minus(_previousGradient), s = _direction.Times(this[Place.StepLength]);
        double ys = y.Dot(s);
        if (!(ys > 1e-10)) return;
        int slot = ((int)this[Place.Oldest] + (int)this[Place.Stored]) % _historySize;
        if ((int)this[Place.Stored] < _historySize) this[Place.Stored]++;
        else this[Place.Oldest] = (slot + 1) % _historySize;
        Slot(_y, slot).CopyFrom(y);
        Slot(_s, slot).CopyFrom(s);
        _rho.AsSpan<double>()[slot] = 1 / ys;
        this[Place.HessianScale] = ys / y.Dot(y);
    }

    /// <summary>direction ← −H·gradient: Nocedal and Wright 2006, "Numerical optimization", algorithm 7.4, the two loops.</summary>
    private void SetDirection()
    {
        int stored = (int)this[Place.Stored], oldest = (int)this[Place.Oldest];
        double[] alpha = new double[stored], rho = _rho.ToArray<double>();
        _direction.CopyFrom(_gradient.Times(-1));
        for (int i = stored - 1; i >= 0; i--)
        {
            int slot = (oldest + i) % _historySize;
            alpha[i] = Slot(_s, slot).Dot(_direction) * rho[slot];
            _direction.Add(Slot(_y, slot), -alpha[i]);
        }
        _direction.CopyFrom(_direction.Times(this[Place.HessianScale]));
        for (int i = 0; i < stored; i++)
        {
            int slot = (oldest + i) % _historySize;
            double beta = Slot(_y, slot).Dot(_direction) * rho[slot];
            _direction.Add(Slot(_s, slot), alpha[i] - beta);
        }
    }

    private static ParameterVector Slot(Tensor[] ring, int slot) => new([.. ring.Select(x => x.Select(0, slot))]);
}
