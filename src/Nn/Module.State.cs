using System.IO.Enumeration;

namespace MiniStack.Nn;

public abstract partial class Module
{
    /// <summary>
    /// The current values of all parameters and persistent buffers by name: what a checkpoint holds. The tensors are the live ones,
    /// not copies; what is shared comes once, under its first name.
    /// </summary>
    public StateDict StateDict() => new(SavedEntries().Select(entry => KeyValuePair.Create(entry.Names[0], entry.Value)));

    /// <summary>Copies values into the parameters and buffers of the same names; converts dtype and device.</summary>
    /// <param name="state">Values by name. What is shared may come under any of its names.</param>
    /// <param name="strict">When true, names that are missing, unexpected or misshapen are errors; otherwise what fits is loaded and the
    /// rest reported.</param>
    /// <returns>Which names were missing, unexpected or misshapen.</returns>
    /// <exception cref="CheckpointException">Names or shapes do not fit, or not a single one does; nothing was changed.</exception>
    public StateDictReport LoadStateDict(StateDict state, bool strict = true)
    {
        (IReadOnlyList<string> Names, Tensor Value)[] entries = [.. SavedEntries()];
        StateDictReport report = StateDictReport.Compare(entries, state);
        report.ThrowIfWrong(strict, entries.Length);
        foreach ((IReadOnlyList<string> names, Tensor own) in entries)
        {
            if (state.Find(names) is not { } value || value.Shape != own.Shape) continue;
            using MemoryScope scope = MemoryScope.Begin(); // what converting needs
            own.CopyFrom(value.To(own.DType));
        }
        return report;
    }

    /// <summary>
    /// Freezes the parameters whose names fit a pattern: Backward computes no gradient for them and optimizers leave them alone.
    /// </summary>
    /// <param name="pattern">A name from here on, with <c>*</c> for any text and <c>?</c> for any character: <c>h.0.*</c>,
    /// <c>*.bias</c>.</param>
    /// <returns>How many there were.</returns>
    /// <exception cref="ConfigException">No parameter fits.</exception>
    public int Freeze(string pattern = "*") => SetRequiresGrad(pattern, false);

    /// <summary>Lets the parameters whose names fit a pattern learn again; see <see cref="Freeze"/>.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="ConfigException">No parameter fits.</exception>
    public int Unfreeze(string pattern = "*") => SetRequiresGrad(pattern, true);

    private int SetRequiresGrad(string pattern, bool requiresGrad)
    {
        int count = 0;
        foreach ((string name, Parameter parameter) in NamedParameters())
        {
            if (!FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false)) continue;
            parameter.RequiresGrad = requiresGrad;
            if (!requiresGrad) parameter.ClearGrad();
            count++;
        }
        if (count > 0) return count;
        throw new ConfigException(
            $"{Texts.Name(GetType())}: no parameter's name fits '{pattern}'. " +
            $"Its names are {Texts.Some([.. NamedParameters().Select(named => named.Name)])}; * stands for any text.");
    }

    /// <summary>What a checkpoint holds, each once, under all its names.</summary>
    private IEnumerable<(IReadOnlyList<string> Names, Tensor Value)> SavedEntries()
    {
        Registration.Check(Outermost);
        return Entries()
            .Where(entry => entry.Buffer is not { IsPersistent: false })
            .Select(entry => (Name: entry.Name(), entry.Parameter, entry.Buffer))
            .GroupBy(entry => (object?)entry.Parameter ?? entry.Buffer)
            .Select(names => ((IReadOnlyList<string>)[.. names.Select(entry => entry.Name)], names.First() switch
            {
                (_, { } parameter, _) => parameter.Value,
                var entry => entry.Buffer!.Value,
            }));
    }
}
