namespace MiniStack.Tests.Part4;

/// <summary>What takes minutes to train is not trained again here: the demos' own tests ask the same of shorter runs.</summary>
public sealed class ChapterTests() : BookChapter(
    "Part4.Models", listings: 5, rooms: ["Models", "Nn"], demos: ["ablate", "attention", "calculator", "grade", "ladder", "lecun1989"],
    exercises: ["LlamaParameters", "Shares", "Turn", "Crossover"])
{
    [Fact]
    public void Calculator_InTheChapter_IsWhatTheDemoPrints()
    {
        string output = Output("calculator");
        string[] printed = Printed("A GPT of 4 layers");
        Assert.Equal(21, printed.Length); // two tables of nine and eight lines, and four lines of words
        foreach (string line in printed) Assert.Contains(line, output);
    }
}
