using System.Globalization;
using MiniStack.Formats.Tests;
using MiniStack.Training;

namespace MiniStack.Tests;

/// <summary>The files of a run, damaged at random: each is read or refused with a sentence, at once, in little memory.</summary>
public sealed class RunFolderMutationTests(ITestOutputHelper output) : TestFolder(manyFiles: true)
{
    private static readonly string[] Fragments =
    [
        "{", "}", "[", "]", ":", ",", "\"", "0", "1", "9", "-1", "1e9", "1e999", "9223372036854775807", "null", "true", "\"step\"", "\"train\"", "\"val\"", "\"at\"", "\"budget\"", "\"score\"", "\\ud800", "\\u0000", " ", "\n", "é",
    ];

    [Fact]
    public void Load_MutatedWeightsAndStates_AreLoadedOrRefused()
    {
        RunFolder folder = new(PathOf("run"));
        Directory.CreateDirectory(folder.Path);
        using TinyRun run = new(), second = new();
        run.Step();
        run.Save(folder);
        foreach (string file in (string[])[folder.State, folder.Model])
        {
            byte[] valid = File.ReadAllBytes(file);
            int header = (int)BitConverter.ToInt64(valid);
            Try(Path.GetFileName(file), file, path => LoadCheckpoint(second, folder, path), random =>
            {
                List<byte> bytes = [.. valid];
                Mutants.Change(bytes, 8 + header, Fragments, random);
                if (random.Next(8) > 0 && bytes.Count > 8) BitConverter.GetBytes((long)(header + bytes.Count - valid.Length)).CopyTo(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes));
                return [.. bytes];
            });
            File.WriteAllBytes(file, valid);
        }
        second.Load(folder);
        Assert.Equal(run.Bits(), second.Bits());
    }

    [Fact]
    public void Continue_MutatedLogs_KeepsWhatIsWhole()
    {
        byte[] valid = "{\"step\":1,\"train\":2.5,\"lr\":0.001,\"grad_norm\":1.5,\"tokens_per_s\":100}\n{\"step\":1,\"val\":2.25}\n{\"step\":2,\"train\":2.125,\"lr\":0.001,\"grad_norm\":1.5,\"tokens_per_s\":100}\n"u8.ToArray();
        Try("train.jsonl", PathOf("train.jsonl"), path => TrainingLog.Continue(path, 2).ToCsv(), random =>
        {
            List<byte> bytes = [.. valid];
            for (int change = random.Next(3); change >= 0; change--) Mutants.Change(bytes, bytes.Count, Fragments, random);
            return [.. bytes];
        });
    }

    [Fact]
    public void Run_MutatedJournals_GoOnOrAreRefused()
    {
        SearchSpace space = new(new LogUniformDimension("lr", 1e-4, 1));
        string path = PathOf("search.jsonl");
        new RandomSearch(space, 3, 1).Run(_ => 0, path);
        byte[] valid = File.ReadAllBytes(path);
        Try("search.jsonl", path, journal => new RandomSearch(space, 3, 1).Run(_ => 0, journal), random =>
        {
            List<byte> bytes = [.. valid];
            for (int change = random.Next(2); change >= 0; change--) Mutants.Change(bytes, bytes.Count, Fragments, random);
            return [.. bytes];
        });
    }

    private void Try(string what, string path, Action<string> load, Func<Random, byte[]> mutant)
    {
        int cases = Soak.IsOn ? 100_000 : 1_000, loaded = 0;
        double slowest = 0;
        Random random = new(20240607);
        for (int i = 0; i < cases; i++)
        {
            File.WriteAllBytes(path, mutant(random));
            GuardedLoad.Outcome outcome = GuardedLoad.Try(path, load);
            if (outcome.Seconds > 1) outcome = GuardedLoad.Try(path, load); // slow once may be the machine's fault
            if (outcome.Loaded) loaded++;
            slowest = Math.Max(slowest, outcome.Seconds);
        }
        Assert.InRange(slowest, 0, 1);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"measured: {what}: {cases} mutants: {loaded} loaded, {cases - loaded} refused, the slowest took {slowest * 1000:F1} ms."));
    }

    /// <summary>Of two files that do not fit, either may be blamed, or both.</summary>
    private static void LoadCheckpoint(TinyRun run, RunFolder folder, string path)
    {
        try
        {
            run.Load(folder);
        }
        catch (CheckpointException error) when (!error.Message.StartsWith($"{path}: ", StringComparison.Ordinal))
        {
            throw new CheckpointException($"{path}: {error.Message.Replace(folder.Path, "", StringComparison.Ordinal)}", error);
        }
    }
}
