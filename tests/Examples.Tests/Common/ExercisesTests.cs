using MiniStack.Examples;

namespace MiniStack.Tests.Common;

/// <summary>Answers are code of readers: what they do must cost no other verdict.</summary>
public sealed class ExercisesTests
{
    [Fact]
    public void Grade_AnAnswerThatThrows_IsWrongAndTheOthersAreGraded()
    {
        List<string> said = [];
        int code = Exercises.Grade(
            [
                ("First", () => Verdict.Right), ("Second", () => throw new IndexOutOfRangeException("Index was\noutside.")), ("Third", () => null),
                ("Fourth", () => Verdict.Wrong($"it is {1.5}, not {2}")),
            ],
            said.Add);
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Equal(
            ["1. First: right", "2. Second: wrong: your answer threw IndexOutOfRangeException: Index was outside.", "3. Third: open", "4. Fourth: wrong: it is 1.5, not 2"], said);
    }

    [Fact]
    public void Grade_OfSeveral_SaysEachBeforeTheNextIsGraded()
    {
        List<string> said = [];
        Verdict? Count() => Verdict.Wrong($"{said.Count} said before");
        Exercises.Grade([("A", Count), ("B", Count)], said.Add);
        Assert.Equal(["1. A: wrong: 0 said before", "2. B: wrong: 1 said before"], said);
    }

    [Fact]
    public void Grade_OfOpenAndRight_IsDone() => Assert.Equal(ExitCode.Done, Exercises.Grade([("A", () => null), ("B", () => Verdict.Right)], _ => { }));

    [Fact]
    public void Wrong_OfWholeNumbers_ShowsAllDigits() =>
        Assert.Equal("for it you say 5933109247, and it is 5933109248", Verdict.Wrong($"it", 5_933_109_247, 5_933_109_248).Why);
}
