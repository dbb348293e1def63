namespace MiniStack.Training;

/// <summary>One hyper-parameter and the values it may take. Searches see it as a number from 0 to 1.</summary>
public abstract class SearchDimension
{
    private protected SearchDimension(string name)
    {
        if (string.IsNullOrWhiteSpace(name)) throw new ConfigException("A dimension of a search needs a name.");
        Name = name;
    }

    /// <summary>Its name, such as <c>lr</c>.</summary>
    public string Name { get; }

    /// <summary>The value at a place from 0 to 1; a choice's is its index.</summary>
    public abstract double At(double unit);

    /// <summary>A value as people read it.</summary>
    public virtual string Describe(double unit) => FormattableString.Invariant($"{At(unit):G4}");

    /// <summary>Name and range, such as <c>lr: 0.0001 to 0.1, LogUniform</c>.</summary>
    public override string ToString() => $"{Name}: {Range}, {GetType().Name.Replace("Dimension", "", StringComparison.Ordinal)}";

    private protected virtual string Range => FormattableString.Invariant($"{At(0):R} to {At(1):R}");

    private protected static void Check(bool holds, string name, string rule)
    {
        if (!holds) throw new ConfigException($"The search's dimension '{name}' {rule}.");
    }
}

/// <summary>Every number between two is as likely.</summary>
public sealed class UniformDimension : SearchDimension
{
    private readonly double _low, _high;

    /// <param name="name">Its name.</param>
    /// <param name="low">Least value.</param>
    /// <param name="high">Largest value.</param>
    /// <exception cref="ConfigException">low is not below high.</exception>
    public UniformDimension(string name, double low, double high)
        : base(name)
    {
        Check(
            low < high && double.IsFinite(high - low), name,
            FormattableString.Invariant($"must run from a lower to a higher number, not from {low} to {high}"));
        (_low, _high) = (low, high);
    }

    /// <inheritdoc/>
    public override double At(double unit) => _low + unit * (_high - _low);
}

/// <summary>Every factor is as likely: right for learning rates, of which 0.001 and 0.002 differ more than 0.101 and 0.102.</summary>
public sealed class LogUniformDimension : SearchDimension
{
    private readonly double _low, _high;

    /// <param name="name">Its name.</param>
    /// <param name="low">Least value, above 0.</param>
    /// <param name="high">Largest value.</param>
    /// <exception cref="ConfigException">low is not above 0, or not below high.</exception>
    public LogUniformDimension(string name, double low, double high)
        : base(name)
    {
        Check(
            low > 0 && low < high && double.IsFinite(high), name,
            FormattableString.Invariant($"must run from a number above 0 to a higher one, not from {low} to {high}"));
        (_low, _high) = (low, high);
    }

    /// <inheritdoc/>
    public override double At(double unit) => _low * Math.Pow(_high / _low, unit);
}

/// <summary>Every whole number between two is as likely, both included.</summary>
public sealed class IntegerDimension : SearchDimension
{
    private readonly int _low, _high;

    /// <param name="name">Its name.</param>
    /// <param name="low">Least value.</param>
    /// <param name="high">Largest value.</param>
    /// <exception cref="ConfigException">low is not below high.</exception>
    public IntegerDimension(string name, int low, int high)
        : base(name)
    {
        Check(low < high, name, $"must run from a lower to a higher number, not from {low} to {high}");
        (_low, _high) = (low, high);
    }

    /// <inheritdoc/>
    public override double At(double unit) => Math.Min(_low + Math.Floor(unit * (1.0 + _high - _low)), _high);
}

/// <summary>One of several names.</summary>
public sealed class ChoiceDimension : SearchDimension
{
    private readonly string[] _choices;

    /// <param name="name">Its name.</param>
    /// <param name="choices">At least two.</param>
    /// <exception cref="ConfigException">There are fewer than two choices, or one is there twice.</exception>
    public ChoiceDimension(string name, params string[] choices)
        : base(name)
    {
        Check(choices.Length >= 2, name, "needs at least two choices");
        Check(choices.Distinct(StringComparer.Ordinal).Count() == choices.Length, name, "has a choice twice");
        _choices = choices;
    }

    /// <inheritdoc/>
    public override double At(double unit) => Math.Min(Math.Floor(unit * _choices.Length), _choices.Length - 1);

    /// <inheritdoc/>
    public override string Describe(double unit) => _choices[(int)At(unit)];

    private protected override string Range => string.Join(" or ", _choices);
}

/// <summary>The hyper-parameters of a search.</summary>
public sealed class SearchSpace
{
    /// <param name="dimensions">At least one, each with a name of its own.</param>
    /// <exception cref="ConfigException">There is none, or two have one name.</exception>
    public SearchSpace(params SearchDimension[] dimensions)
    {
        if (dimensions.Length == 0) throw new ConfigException("A search needs at least one dimension.");
        if (dimensions.Select(dimension => dimension.Name).Distinct(StringComparer.Ordinal).Count() != dimensions.Length)
            throw new ConfigException("Two dimensions of a search have one name. Give each its own.");
        Dimensions = dimensions;
    }

    /// <summary>In the order of a point's coordinates.</summary>
    public IReadOnlyList<SearchDimension> Dimensions { get; }

    /// <summary>A point at random.</summary>
    public SearchPoint Sample(Rng rng) => new(this, [.. Dimensions.Select(_ => rng.NextDouble())]);
}

/// <summary>One value for each hyper-parameter.</summary>
/// <param name="space">What it is a point of.</param>
/// <param name="coordinates">From 0 to 1, one for each dimension.</param>
/// <exception cref="ConfigException">There is not one coordinate for each dimension, or one is not from 0 to 1.</exception>
public sealed class SearchPoint(SearchSpace space, IReadOnlyList<double> coordinates)
{
    /// <summary>From 0 to 1, one for each dimension.</summary>
    public IReadOnlyList<double> Coordinates { get; } =
        coordinates.Count == space.Dimensions.Count && coordinates.All(coordinate => coordinate is >= 0 and <= 1)
            ? coordinates
            : throw new ConfigException(
                $"A point of a search needs {space.Dimensions.Count} coordinates from 0 to 1, one for each dimension.");

    /// <summary>The value of a hyper-parameter; a choice's is its index.</summary>
    /// <exception cref="ConfigException">The space has no such dimension.</exception>
    public double this[string name] => space.Dimensions[Find(name)].At(Coordinates[Find(name)]);

    /// <summary>The value of a hyper-parameter as people read it; of a choice, the choice.</summary>
    /// <exception cref="ConfigException">The space has no such dimension.</exception>
    public string Text(string name) => space.Dimensions[Find(name)].Describe(Coordinates[Find(name)]);

    /// <summary>Such as <c>lr=0.00123 layers=4</c>.</summary>
    public override string ToString() => string.Join(' ', space.Dimensions.Select(dimension => $"{dimension.Name}={Text(dimension.Name)}"));

    private int Find(string name)
    {
        for (int i = 0; i < space.Dimensions.Count; i++)
            if (space.Dimensions[i].Name == name) return i;
        throw new ConfigException(
            $"The search has no dimension '{name}'. It has {string.Join(", ", space.Dimensions.Select(dimension => dimension.Name))}.");
    }
}
