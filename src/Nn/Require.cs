namespace MiniStack.Nn;

/// <summary>Checks that constructors of layers share.</summary>
internal static class Require
{
    /// <summary>A whole number that must not be below another.</summary>
    /// <exception cref="ConfigException">It is.</exception>
    public static void AtLeast(int least, int value, string layer, string name)
    {
        if (value < least) throw new ConfigException($"{layer}: {name} must be at least {least}, not {value}.");
    }

    /// <summary>A number for each axis that must not be below another.</summary>
    /// <exception cref="ConfigException">One of them is.</exception>
    public static void AtLeast(int least, Pair value, string layer, string name)
    {
        if (value.Height < least || value.Width < least)
            throw new ConfigException($"{layer}: {name} must be at least {least}, not {Text(value)}.");
    }

    /// <summary>A number of parts that a whole must be made of.</summary>
    /// <exception cref="ConfigException">The parts do not divide it.</exception>
    public static void Divides(int parts, int whole, string layer, string partsName, string wholeName)
    {
        if (parts < 1 || whole % parts != 0)
        {
            throw new ConfigException(
                $"{layer}: {parts} {partsName} do not divide {whole} {wholeName} evenly. Choose {partsName} that divide the {wholeName}.");
        }
    }

    /// <summary>A number above zero.</summary>
    /// <exception cref="ConfigException">It is not.</exception>
    public static void Positive(double value, string layer, string name)
    {
        if (!(value > 0)) throw new ConfigException(FormattableString.Invariant($"{layer}: {name} must be above 0, not {value}."));
    }

    /// <summary>One number where both are the same: what was written.</summary>
    public static string Text(Pair pair) => pair.Height == pair.Width ? Texts.Number(pair.Height) : pair.ToString();
}
