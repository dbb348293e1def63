using System.Globalization;

namespace MiniStack.Optim;

/// <summary>Names, checks and takes over state tensors.</summary>
internal static class SavedState
{
    /// <summary>
    /// A parameter's name, or its number where it has none; a name that an earlier parameter has too is followed by the number.
    /// </summary>
    public static string NameOf(IReadOnlyList<Parameter> parameters, int index)
    {
        string number = index.ToString(CultureInfo.InvariantCulture), name = parameters[index].Name;
        if (name.Length == 0) return number;
        for (int i = 0; i < index; i++)
            if (parameters[i].Name == name) return $"{name}#{number}";
        return name;
    }

    /// <summary>Copies saved tensors over live ones, all or none.</summary>
    /// <exception cref="CheckpointException">A tensor is missing, misshapen or of another kind; nothing was changed.</exception>
    public static void Load(
        IEnumerable<KeyValuePair<string, Tensor>> live, IReadOnlyDictionary<string, Tensor> saved, string owner, string reason)
    {
        KeyValuePair<string, Tensor>[] all = [.. live];
        Check(all, saved, owner, reason);
        Copy(all, saved);
    }

    /// <summary>Throws unless there is a tensor of the same shape and kind for each live one.</summary>
    public static void Check(
        IEnumerable<KeyValuePair<string, Tensor>> live, IReadOnlyDictionary<string, Tensor> saved, string owner, string reason)
    {
        foreach ((string name, Tensor own) in live)
        {
            if (!saved.TryGetValue(name, out Tensor? found))
                throw new CheckpointException($"The {owner}'s state lacks '{name}'. {reason}");
            if (found.Shape != own.Shape)
            {
                throw new CheckpointException(
                    $"The {owner}'s state '{name}' is {found.Shape}, the model wants {own.Shape}. It was saved with another model.");
            }
            if (found.DType != own.DType && !(found.DType.IsFloat() && own.DType.IsFloat()))
                throw new CheckpointException($"The {owner}'s state '{name}' is {found.DType} instead of {own.DType}. {reason}");
        }
    }

    /// <summary>Copies what was checked. Whoever gives live tensors back under other names gets what they hold now.</summary>
    public static void Copy(IEnumerable<KeyValuePair<string, Tensor>> live, IReadOnlyDictionary<string, Tensor> saved)
    {
        using MemoryScope scope = MemoryScope.Begin();
        KeyValuePair<string, Tensor>[] all = [.. live];
        HashSet<Storage> own = new(all.Select(pair => pair.Value.Storage), ReferenceEqualityComparer.Instance);
        Tensor[] values = [.. all.Select(pair => saved[pair.Key]).Select(value => own.Contains(value.Storage) ? value.Clone() : value)];
        for (int i = 0; i < all.Length; i++) all[i].Value.CopyFrom(values[i]);
    }

    /// <summary>Whether a parameter's value is what it was when state was made for it.</summary>
    public static bool Fits(Tensor value, (Shape Shape, DType DType, Device Device) made) =>
        value.DType == made.DType && value.Device == made.Device && value.Shape == made.Shape;

    /// <summary>Throws when it is not.</summary>
    /// <param name="value">The value now.</param>
    /// <param name="made">What it was.</param>
    /// <param name="parameter">Who says so, and which parameter.</param>
    /// <param name="owner">Whose state it is.</param>
    public static void CheckFits(Tensor value, (Shape Shape, DType DType, Device Device) made, string parameter, string owner)
    {
        if (value.DType != made.DType)
        {
            throw new DTypeException(
                $"{parameter} was {made.DType} when {owner} was made, and is {value.DType} now. " +
                $"Convert the model first, then make {owner}.");
        }
        if (value.Device != made.Device)
        {
            throw new DeviceException(
                $"{parameter} lay on {made.Device} when {owner} was made, and lies on {value.Device} now. " +
                $"Move the model first, then make {owner}.");
        }
        if (value.Shape != made.Shape)
            throw new ShapeException($"{parameter} was {made.Shape} when {owner} was made, and is {value.Shape} now. Make {owner} anew.");
    }
}
