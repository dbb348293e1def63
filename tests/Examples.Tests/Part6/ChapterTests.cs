namespace MiniStack.Tests.Part6;

public sealed class ChapterTests() : BookChapter("Part6.FineTuning", listings: 3, rooms: ["Nn"], demos: ["finetune", "grade"],
    exercises: ["AdapterNumbers", "BreakEvenRank", "Forward", "Moved"]);
