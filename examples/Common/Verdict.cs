using System.Globalization;

namespace MiniStack.Examples;

/// <summary>What a grader thinks: right, or wrong and why; null stands for an answer that is still open.</summary>
public sealed record Verdict(bool IsRight, string Why)
{
    public static Verdict Right { get; } = new(true, "");

    /// <summary>Wrong, in one's own words.</summary>
    public static Verdict Wrong(FormattableString why) => new(false, why.ToString(CultureInfo.InvariantCulture));

    /// <summary>Wrong, because of another answer to one question.</summary>
    public static Verdict Wrong(FormattableString question, string given, string wanted) => Wrong($"for {question} you say {given}, and it is {wanted}");

    /// <summary>The same of whole numbers, in all digits: nearly right ones must look different.</summary>
    public static Verdict Wrong(FormattableString question, long given, long wanted) => Wrong($"for {question} you say {given}, and it is {wanted}");

    /// <summary>The same of other numbers.</summary>
    public static Verdict Wrong(FormattableString question, double given, double wanted) => Wrong($"for {question} you say {given:G6}, and it is {wanted:G6}");
}
