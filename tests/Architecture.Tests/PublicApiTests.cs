namespace MiniStack.Architecture.Tests;

/// <summary>The public surface of each room is what was approved: nothing becomes public, or changes, by accident.</summary>
public sealed class PublicApiTests
{
    private const string Approve = "MINISTACK_APPROVE";

    public static TheoryData<string> Rooms => [.. Repository.Rooms];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Assembly_PublicSurface_IsTheApprovedOne(string room)
    {
        string file = Path.Combine(Repository.Root, "src", room, "PublicApi.approved.txt");
        string actual = PublicApiText.Of(Repository.AssemblyOf(room));
        if (Environment.GetEnvironmentVariable(Approve) == "1") File.WriteAllText(file, actual);
        string approved = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        if (approved == actual) return;
        string[] before = [.. Members(approved)], after = [.. Members(actual)];
        Assert.Fail(
            $"The public surface of {room} changed. When that is meant, run the tests with {Approve}=1 and commit {Repository.Relative(file)}.\n" +
            string.Join('\n', [.. before.Except(after).Select(line => "- " + line), .. after.Except(before).Select(line => "+ " + line)]));
    }

    /// <summary>Each line behind the type that it belongs to: types have members of the same text.</summary>
    private static IEnumerable<string> Members(string surface)
    {
        string type = "";
        foreach (string line in surface.Split('\n'))
        {
            if (!line.StartsWith(' ')) type = line;
            yield return line == type ? line : $"{type} | {line.Trim()}";
        }
    }
}
