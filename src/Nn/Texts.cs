using System.Globalization;

namespace MiniStack.Nn;

/// <summary>What names and messages have in common.</summary>
internal static class Texts
{
    /// <summary>A number as a name.</summary>
    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A class's name without the mark of its type arguments.</summary>
    public static string Name(Type type) => type.Name.Split('`')[0];

    /// <summary>The first three, and how many more there are.</summary>
    public static string Some(IReadOnlyList<string> names) =>
        names.Count <= 3 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(3))} and {names.Count - 3} more";

    /// <summary>The beginning and the end of what is too long for a message.</summary>
    public static string Short(string text) => text.Length <= 1000 ? text : $"{text[..400]} … {text[^400..]}";
}
