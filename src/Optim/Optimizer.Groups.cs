namespace MiniStack.Optim;

// How parameters differ: by group.
public abstract partial class Optimizer
{
    private readonly double[] _ownDecay; // by parameter, where its group says nothing
    private readonly List<(double RateFactor, double WeightDecay)> _treatments = [];
    private readonly List<int> _treatmentOf = []; // by parameter, into the list above

    /// <summary>Parameters with a learning rate or weight decay of their own; all others are treated alike.</summary>
    /// <exception cref="ConfigException">A parameter is in two groups, or was not given to the optimizer.</exception>
    public IReadOnlyList<ParameterGroup> Groups
    {
        get;
        init
        {
            field = value;
            Treat(value);
        }
    } = [];

    /// <summary>How many different pairs of learning-rate factor and weight decay there are.</summary>
    private protected int Treatments => _treatments.Count;

    /// <summary>The place of a parameter's pair among the different ones.</summary>
    private protected int TreatmentOf(int index) => _treatmentOf[index];

    /// <summary>The pair itself.</summary>
    private protected (double RateFactor, double WeightDecay) Treatment(int place) => _treatments[place];

    /// <summary>Factor of a parameter's group on the learning rate.</summary>
    protected double LearningRateFactorOf(int index) => _treatments[_treatmentOf[index]].RateFactor;

    /// <summary>Weight decay of a parameter: its group's, or else the optimizer's.</summary>
    protected double WeightDecayOf(int index) => _treatments[_treatmentOf[index]].WeightDecay;

    /// <summary>Applies these groups.</summary>
    internal virtual void Treat(IReadOnlyList<ParameterGroup> groups) => Arrange(groups);

    private void Arrange(IReadOnlyList<ParameterGroup> groups)
    {
        Dictionary<Parameter, ParameterGroup> groupOf = [];
        HashSet<Parameter> own = [.. Parameters];
        foreach (ParameterGroup group in groups)
        {
            foreach (Parameter parameter in group.Parameters)
            {
                if (!own.Contains(parameter))
                {
                    throw new ConfigException(
                        $"{GetType().Name}: a group names the parameter '{parameter.Name}', which the optimizer was not given. " +
                        "Pass it with the others.");
                }
                if (!groupOf.TryAdd(parameter, group))
                    throw new ConfigException($"{GetType().Name}: the parameter '{parameter.Name}' is in two groups. Leave it in one.");
            }
        }
        _treatments.Clear();
        _treatmentOf.Clear();
        for (int i = 0; i < Parameters.Count; i++)
        {
            ParameterGroup? group = groupOf.GetValueOrDefault(Parameters[i]);
            (double, double) treatment = (group?.LearningRateFactor ?? 1, group?.WeightDecay ?? _ownDecay[i]);
            if (!_treatments.Contains(treatment)) _treatments.Add(treatment);
            _treatmentOf.Add(_treatments.IndexOf(treatment));
        }
    }
}
