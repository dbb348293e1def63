namespace MiniStack.Tests.Part5;

/// <summary>A folder with a small text, and the main job at sizes that take a second.</summary>
public sealed class TrainFixture : IDisposable
{
    public TrainFixture()
    {
        Text = Path("text.txt");
        File.WriteAllText(Text, string.Concat(Enumerable.Range(0, 100).Select(i => $"line {i % 10}: the cat sat on the mat.\n")));
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("ministack-train-").FullName;

    public string Text { get; }

    public string Path(params string[] names) => System.IO.Path.Combine([Folder, .. names]);

    /// <summary>A new run of 12 small steps in folder <paramref name="name"/>.</summary>
    internal ExampleResult Small(string name, params string[] more) => Small(name, [], more);

    /// <summary>The same with variables of the environment, each as NAME=value.</summary>
    internal ExampleResult Small(string name, string[] environment, params string[] more) => ExampleProcess.Run("Part5.Training.dll",
    [
        "--data", Text, "--out", Path(name), "--steps", "12", "--eval-every", "4", "--layers", "1", "--heads", "2",
        "--channels", "16", "--context", "8", "--batch", "2", "--sample", "10", .. more,
    ], environment);

    internal static ExampleResult Train(params string[] arguments) => ExampleProcess.Run("Part5.Training.dll", arguments);

    /// <summary>All bytes of a run's checkpoint.</summary>
    public byte[] Checkpoint(string name) =>
        [.. File.ReadAllBytes(Path(name, "model.safetensors")), .. File.ReadAllBytes(Path(name, "state.safetensors"))];

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
