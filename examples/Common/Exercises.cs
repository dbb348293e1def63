using System.CommandLine;

namespace MiniStack.Examples;

/// <summary>The demo grade, which every chapter has.</summary>
public static class Exercises
{
    /// <summary>The command that prints a verdict for each exercise.</summary>
    /// <param name="exercises">By name with their graders, in the order of the chapter.</param>
    public static Command Command(params (string Name, Func<Verdict?> Grade)[] exercises)
    {
        Command command = new("grade", "Grades your answers to the chapter's exercises, which you write in Exercises/Answers.cs.");
        command.SetAction(_ => Grade(exercises, line => Report.Line($"{line}")));
        return command;
    }

    /// <summary>Says each verdict before the next exercise is graded, so that an answer that never ends hides none before it.</summary>
    /// <returns>The exit code: a wrong answer is a mistake, an open one is not.</returns>
    public static int Grade(IEnumerable<(string Name, Func<Verdict?> Grade)> exercises, Action<string> say)
    {
        int code = ExitCode.Done;
        foreach ((int i, (string name, Func<Verdict?> grade)) in exercises.Index())
        {
            Verdict? verdict = VerdictOf(grade);
            say(FormattableString.Invariant($"{i + 1}. {name}: {verdict switch { null => "open", { IsRight: true } => "right", _ => "wrong: " + verdict.Why }}"));
            if (verdict is { IsRight: false }) code = ExitCode.Mistake;
        }
        return code;
    }

    /// <summary>The answer is the reader's code: what it throws is a wrong answer, and no bug of ours.</summary>
    private static Verdict? VerdictOf(Func<Verdict?> grade)
    {
        try
        {
            return grade();
        }
        catch (Exception exception)
        {
            return Verdict.Wrong($"your answer threw {exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}");
        }
    }
}
