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
        string[] before = approved.Split('\n'), after = actual.Split('\n');
        Assert.Fail(
            $"The public surface of {room} changed. When that is meant, run the tests with {Approve}=1 and commit {Repository.Relative(file)}.\n" +
            string.Join('\n', before.Except(after).Select(line => "- " + line).Concat(after.Except(before).Select(line => "+ " + line)).Take(40)));
    }
}
