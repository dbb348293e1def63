using System.CommandLine;

namespace MiniStack.Examples;

/// <summary>What a grader thinks: right or wrong and why; null stands for an answer that is still open.</summary>
public sealed record Verdict(bool Right, string Why);

/// <summary>The demo grade, which every chapter has.</summary>
public static class Exercises
{
    /// <summary>The command that prints a verdict for each exercise.</summary>
    /// <param name="grade">The exercises by name with their verdicts, in the order of the chapter.</param>
    public static Command Command(Func<(string Name, Verdict? Verdict)[]> grade)
    {
        Command command = new("grade", "Grades your answers to the chapter's exercises, which you write in Exercises/Answers.cs.");
        command.SetAction(_ =>
        {
            (string Name, Verdict? Verdict)[] verdicts = grade();
            foreach ((int i, (string name, Verdict? verdict)) in verdicts.Index())
                Report.Line($"{i + 1}. {name}: {verdict switch { null => "open", { Right: true } => "right", _ => "wrong: " + verdict.Why }}");
            return verdicts.Any(pair => pair.Verdict is { Right: false }) ? ExitCode.Mistake : ExitCode.Done;
        });
        return command;
    }
}
