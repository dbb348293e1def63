namespace MiniStack.Optim;

/// <summary>One number for every element of all parameters, as one vector whose parts have the parameters' shapes.</summary>
internal sealed class ParameterVector(Tensor[] parts)
{
    /// <summary>By parameter.</summary>
    public Tensor[] Parts => parts;

    /// <summary>Σ this·other.</summary>
    public double Dot(ParameterVector other)
    {
        double sum = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            using MemoryScope scope = MemoryScope.Begin();
            sum += (parts[i] * other.Parts[i]).Sum().Item();
        }
        return sum;
    }

    /// <summary>max |this|.</summary>
    public double LargestMagnitude()
    {
        double largest = 0;
        foreach (Tensor part in parts)
        {
            if (part.Count == 0) continue;
            using MemoryScope scope = MemoryScope.Begin();
            largest = Math.Max(largest, part.Abs().Max().Item());
        }
        return largest;
    }

    /// <summary>Σ |this|.</summary>
    public double SumOfMagnitudes()
    {
        using MemoryScope scope = MemoryScope.Begin();
        return parts.Sum(part => part.Abs().Sum().Item());
    }

    /// <summary>this − other, new.</summary>
    public ParameterVector Minus(ParameterVector other) => new([.. parts.Select((part, i) => part - other.Parts[i])]);

    /// <summary>this·factor, new.</summary>
    public ParameterVector Times(double factor) => new([.. parts.Select(part => part * factor)]);

    /// <summary>this ← this + other·factor.</summary>
    public void Add(ParameterVector other, double factor)
    {
        for (int i = 0; i < parts.Length; i++)
        {
            using MemoryScope scope = MemoryScope.Begin();
            parts[i].AddInPlace(other.Parts[i] * factor);
        }
    }

    /// <summary>this ← other.</summary>
    public void CopyFrom(ParameterVector other)
    {
        for (int i = 0; i < parts.Length; i++) parts[i].CopyFrom(other.Parts[i]);
    }
}
