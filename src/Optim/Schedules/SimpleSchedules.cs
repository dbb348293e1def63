namespace MiniStack.Optim;

/// <summary>One learning rate for all steps.</summary>
/// <param name="Rate">The rate.</param>
/// <exception cref="ConfigException">It is negative or not a number.</exception>
public sealed record ConstantSchedule(double Rate) : ISchedule
{
    /// <summary>The rate.</summary>
    public double Rate { get; init => field = Check.NotNegative(nameof(ConstantSchedule), value, "rate"); } =
        Check.NotNegative(nameof(ConstantSchedule), Rate, "rate");

    /// <inheritdoc/>
    public double At(long step) => Rate;
}

/// <summary>Learning rate that is multiplied by a factor every so many steps.</summary>
/// <param name="Start">First rate.</param>
/// <param name="Every">Steps from one change to the next.</param>
/// <param name="Factor">What the rate is multiplied by.</param>
/// <exception cref="ConfigException">The rate or the factor is negative or not a number, or <paramref name="Every"/> is below
/// 1.</exception>
public sealed record StepSchedule(double Start, long Every, double Factor = 0.1) : ISchedule
{
    /// <summary>First rate.</summary>
    public double Start { get; init => field = Check.NotNegative(nameof(StepSchedule), value, "start"); } =
        Check.NotNegative(nameof(StepSchedule), Start, "start");

    /// <summary>What the rate is multiplied by.</summary>
    public double Factor { get; init => field = Check.NotNegative(nameof(StepSchedule), value, "factor"); } =
        Check.NotNegative(nameof(StepSchedule), Factor, "factor");

    /// <summary>Steps from one change to the next.</summary>
    public long Every { get; } = Check.AtLeast(nameof(StepSchedule), 1, Every, "number of steps between changes");

    /// <inheritdoc/>
    public double At(long step) => Start * Math.Pow(Factor, step / Every);
}

/// <summary>Learning rate that is multiplied by a factor at certain steps.</summary>
/// <param name="Start">First rate.</param>
/// <param name="Milestones">The steps with which a new rate begins, in any order.</param>
/// <param name="Factor">What the rate is multiplied by.</param>
/// <exception cref="ConfigException">The rate or the factor is negative or not a number, or a milestone is negative.</exception>
public sealed record MultiStepSchedule(double Start, IReadOnlyList<long> Milestones, double Factor = 0.1) : ISchedule
{
    /// <summary>First rate.</summary>
    public double Start { get; init => field = Check.NotNegative(nameof(MultiStepSchedule), value, "start"); } =
        Check.NotNegative(nameof(MultiStepSchedule), Start, "start");

    /// <summary>The steps with which a new rate begins, in any order.</summary>
    public IReadOnlyList<long> Milestones { get; } =
        [.. Milestones.Select(milestone => Check.AtLeast(nameof(MultiStepSchedule), 0, milestone, "milestone"))];

    /// <summary>What the rate is multiplied by.</summary>
    public double Factor { get; init => field = Check.NotNegative(nameof(MultiStepSchedule), value, "factor"); } =
        Check.NotNegative(nameof(MultiStepSchedule), Factor, "factor");

    /// <inheritdoc/>
    public double At(long step) => Start * Math.Pow(Factor, Milestones.Count(milestone => milestone <= step));
}

/// <summary>Learning rate that is multiplied by a factor at every step.</summary>
/// <param name="Start">First rate.</param>
/// <param name="Factor">What the rate is multiplied by.</param>
/// <exception cref="ConfigException">The rate or the factor is negative or not a number.</exception>
public sealed record ExponentialSchedule(double Start, double Factor) : ISchedule
{
    /// <summary>First rate.</summary>
    public double Start { get; init => field = Check.NotNegative(nameof(ExponentialSchedule), value, "start"); } =
        Check.NotNegative(nameof(ExponentialSchedule), Start, "start");

    /// <summary>What the rate is multiplied by.</summary>
    public double Factor { get; init => field = Check.NotNegative(nameof(ExponentialSchedule), value, "factor"); } =
        Check.NotNegative(nameof(ExponentialSchedule), Factor, "factor");

    /// <inheritdoc/>
    public double At(long step) => Start * Math.Pow(Factor, step);
}

/// <summary>Learning rate that goes from one value to another along a power, then stays.</summary>
/// <param name="Start">First rate.</param>
/// <param name="End">Last rate.</param>
/// <param name="Horizon">Step at which the last rate is reached.</param>
/// <param name="Power">1 for a line; more falls faster at first.</param>
/// <exception cref="ConfigException">A rate or the power is negative or not a number, or <paramref name="Horizon"/> is below 1.</exception>
public sealed record PolynomialSchedule(double Start, double End, long Horizon, double Power = 1) : ISchedule
{
    /// <summary>First rate.</summary>
    public double Start { get; init => field = Check.NotNegative(nameof(PolynomialSchedule), value, "start"); } =
        Check.NotNegative(nameof(PolynomialSchedule), Start, "start");

    /// <summary>Last rate.</summary>
    public double End { get; init => field = Check.NotNegative(nameof(PolynomialSchedule), value, "end"); } =
        Check.NotNegative(nameof(PolynomialSchedule), End, "end");

    /// <summary>1 for a line; more falls faster at first.</summary>
    public double Power { get; init => field = Check.NotNegative(nameof(PolynomialSchedule), value, "power"); } =
        Check.NotNegative(nameof(PolynomialSchedule), Power, "power");

    /// <summary>Step at which the last rate is reached.</summary>
    public long Horizon { get; } = Check.AtLeast(nameof(PolynomialSchedule), 1, Horizon, "horizon");

    /// <inheritdoc/>
    public double At(long step) => End + (Start - End) * Math.Pow(1 - Math.Min(step, Horizon) / (double)Horizon, Power);
}
