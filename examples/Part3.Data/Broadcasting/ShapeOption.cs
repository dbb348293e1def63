using System.CommandLine;
using System.Globalization;

namespace MiniStack.Examples.Data;

/// <summary>A shape on the command line: sizes with commas between them.</summary>
internal static class ShapeOption
{
    private const int MostAxes = 6, LargestSize = 1000, MostElements = 1_000_000;

    public static Option<int[]?> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "N,N,…",
        Arity = ArgumentArity.ExactlyOne, // an array would otherwise take several words
        CustomParser = result =>
        {
            string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
            if (Parse(text) is { } sizes) return sizes;
            result.AddError($"{name} must be 1 to {MostAxes} sizes from 1 to {LargestSize} with commas between them, such as 4,1,3, and at most {MostElements} elements, not '{text}'.");
            return null;
        },
    };

    private static int[]? Parse(string text)
    {
        string[] parts = text.Split(',');
        int[] sizes = new int[parts.Length];
        long count = 1;
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out sizes[i]) || sizes[i] is < 1 or > LargestSize) return null;
            count *= sizes[i];
            if (count > MostElements) return null;
        }
        return parts.Length <= MostAxes ? sizes : null;
    }
}
