using MiniStack.Formats;
using MiniStack.Training;

namespace MiniStack.Tests;

public sealed class CheckpointTests
{
    /// <summary>The moments at which a crash can leave <see cref="Checkpoint.Save"/>, and the step that must be found then.</summary>
    [Theory]
    [InlineData(0, 2)] // while the new weights are written
    [InlineData(1, 2)] // while the new state is written
    [InlineData(2, 3)] // both are written
    [InlineData(3, 3)] // the old state is put aside
    [InlineData(4, 3)] // and the old weights
    [InlineData(5, 3)] // the new state is in place
    [InlineData(6, 3)] // and the new weights
    public void Load_AfterACrashInSave_FindsAWholePair(int renames, long step)
    {
        using TemporaryFolder folder = new();
        using TinyRun run = new(), resumed = new();
        Dictionary<long, int[]> bits = [];
        for (int i = 1; i <= 3; i++)
        {
            run.Step();
            run.Save(folder.Run);
            bits.Add(i, run.Bits());
        }
        // Back from the third checkpoint, rename by rename, to where the crash was.
        (string state, string model) = (folder.Run.State, folder.Run.Model);
        if (renames < 6) File.Move(model, model + ".next");
        if (renames < 5) File.Move(state, state + ".next");
        if (renames < 4) File.Move(model + ".previous", model);
        if (renames < 3) File.Move(state + ".previous", state);
        if (renames < 2) Truncate(state + ".next");
        if (renames < 1)
        {
            File.Delete(state + ".next");
            Truncate(model + ".next");
        }
        Assert.True(folder.Run.HasRun);
        resumed.Load(folder.Run);
        Assert.Equal(step, resumed.Checkpoint.Step);
        Assert.Equal(bits[step], resumed.Bits());
        Assert.Null(resumed.Checkpoint.Fallback);
        resumed.Step();
        resumed.Save(folder.Run); // and the run goes on
        using TinyRun again = new();
        again.Load(folder.Run);
        Assert.Equal(resumed.Bits(), again.Bits());
    }

    [Theory]
    [InlineData("model.safetensors", true)]
    [InlineData("state.safetensors", true)]
    [InlineData("model.safetensors", false)]
    [InlineData("state.safetensors", false)]
    public void Load_WhenTheLastIsDamaged_FallsBackToTheOneBefore(string name, bool truncated)
    {
        using TemporaryFolder folder = new();
        using TinyRun run = new(), resumed = new();
        run.Step();
        run.Save(folder.Run);
        int[] first = run.Bits();
        run.Step();
        run.Save(folder.Run);
        string path = Path.Combine(folder.Run.Path, name);
        if (truncated) Truncate(path);
        else FlipABit(path);
        resumed.Load(folder.Run);
        Assert.Equal(1, resumed.Checkpoint.Step);
        Assert.Equal(first, resumed.Bits());
        Assert.StartsWith(path + ": ", resumed.Checkpoint.Fallback, StringComparison.Ordinal);
        Assert.EndsWith(" The checkpoint of step 1 was loaded instead.", resumed.Checkpoint.Fallback, StringComparison.Ordinal);
        // The next save replaces the damaged pair and keeps the good one.
        resumed.Step();
        resumed.Step();
        resumed.Save(folder.Run);
        FlipABit(folder.Run.Model);
        using TinyRun again = new();
        again.Load(folder.Run);
        Assert.Equal(1, again.Checkpoint.Step);
    }

    [Fact]
    public void Load_OfABitThatFlipped_WithoutAnOlderCheckpoint_Throws()
    {
        using TemporaryFolder folder = new();
        using TinyRun run = new(), resumed = new();
        run.Step();
        run.Save(folder.Run);
        FlipABit(folder.Run.Model);
        Throws(resumed, folder, "its numbers are not those that were written; the disk or a copy has damaged it. Restore the file from a copy.");
    }

    [Fact]
    public void Load_OfTheFormatBefore_IsRead()
    {
        using TemporaryFolder folder = new();
        using TinyRun run = new(), resumed = new();
        run.Step();
        run.Save(folder.Run);
        foreach (string file in (string[])[folder.Run.Model, folder.Run.State])
        {
            IReadOnlyDictionary<string, Tensor> tensors = Safetensors.Load(file, out IReadOnlyDictionary<string, string> metadata);
            Safetensors.Save(file, tensors, metadata.Where(pair => pair.Key != "sha256").ToDictionary(pair => pair.Key, pair => pair.Key == "format_version" ? "1" : pair.Value));
        }
        resumed.Load(folder.Run);
        Assert.Equal(run.Bits(), resumed.Bits());
    }

    [Fact]
    public void Notes_AreSavedAndRestored()
    {
        using TemporaryFolder folder = new();
        using TinyRun run = new(), resumed = new();
        run.Step();
        run.Checkpoint.Notes["best"] = "1.5 at 3";
        run.Save(folder.Run);
        resumed.Checkpoint.Notes["old"] = "gone";
        resumed.Load(folder.Run);
        Assert.Equal([KeyValuePair.Create("best", "1.5 at 3")], resumed.Checkpoint.Notes);
    }

    [Fact]
    public void Save_WhenItFails_KeepsTheCheckpointBefore()
    {
        using TemporaryFolder folder = new();
        using TinyRun run = new(), resumed = new();
        run.Step();
        run.Save(folder.Run);
        int[] saved = run.Bits();
        run.Step();
        Directory.CreateDirectory(folder.Run.State + ".next"); // in the way of the new state
        Assert.Throws<CheckpointException>(() => run.Save(folder.Run));
        resumed.Load(folder.Run);
        Assert.Equal(saved, resumed.Bits());
    }

    [Fact]
    public void Load_OfTwoDifferentCheckpoints_Throws()
    {
        using TemporaryFolder folder = new();
        using TinyRun run = new(), resumed = new();
        run.Step();
        run.Save(folder.Run);
        File.Copy(folder.Run.Model, folder.Run.Model + ".old");
        run.Step();
        run.Save(folder.Run);
        File.Move(folder.Run.Model + ".old", folder.Run.Model, overwrite: true);
        File.Delete(folder.Run.State + ".previous");
        Throws(resumed, folder, "it holds step 1, but the state beside it holds step 2. They are not of one checkpoint; restore both from a copy.");
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("state.safetensors")]
    public void Load_OfATruncatedFile_ThrowsAndChangesNothing(string name)
    {
        using TemporaryFolder folder = new();
        using TinyRun run = new(), resumed = new();
        run.Step();
        run.Save(folder.Run);
        Truncate(Path.Combine(folder.Run.Path, name));
        Throws(resumed, folder, name);
    }

    [Fact]
    public void Load_OfAnotherConfiguration_Throws()
    {
        using TemporaryFolder folder = new();
        using TinyRun run = new("one"), resumed = new("two");
        run.Step();
        run.Save(folder.Run);
        Throws(resumed, folder, "it was saved with another configuration than this run's. Restore the run's own files, or give the configuration it began with.");
    }

    [Fact]
    public void Load_OfANewerVersion_Throws()
    {
        using TemporaryFolder folder = new();
        using TinyRun run = new(), resumed = new();
        run.Step();
        run.Save(folder.Run);
        IReadOnlyDictionary<string, Tensor> tensors = Safetensors.Load(folder.Run.State, out IReadOnlyDictionary<string, string> metadata);
        Safetensors.Save(folder.Run.State, tensors, new Dictionary<string, string>(metadata) { ["format_version"] = "7" });
        Throws(resumed, folder, "its format version is 7; this program reads up to 2. Update MiniStack to continue this run.");
    }

    [Fact]
    public void Load_OfMisshapenWeights_Throws()
    {
        using TemporaryFolder folder = new();
        using TinyRun run = new(channels: 8), resumed = new(channels: 16);
        run.Step();
        run.Save(folder.Run);
        Throws(resumed, folder, "The run's files are damaged.");
    }

    [Fact]
    public void Load_OfForeignSafetensors_Throws()
    {
        using TemporaryFolder folder = new();
        using TinyRun resumed = new();
        Safetensors.Save(folder.Run.State, [KeyValuePair.Create("a", Tensor.Zeros([2]))]);
        Throws(resumed, folder, "its metadata lacks the number 'format_version'; it is not a checkpoint of a training run.");
    }

    [Fact]
    public void Load_OfDamagedStream_Throws()
    {
        using TemporaryFolder folder = new();
        using TinyRun run = new(), resumed = new();
        run.Step();
        run.Save(folder.Run);
        IReadOnlyDictionary<string, Tensor> tensors = Safetensors.Load(folder.Run.State, out IReadOnlyDictionary<string, string> metadata);
        Safetensors.Save(folder.Run.State, tensors, new Dictionary<string, string>(metadata) { ["rng.data"] = "x" });
        Throws(resumed, folder, "its numbers are not those that were written; the disk or a copy has damaged it.");
        // As a program that is not this one might write it.
        metadata = metadata.Where(pair => pair.Key != "sha256_metadata").ToDictionary();
        Safetensors.Save(folder.Run.State, tensors, new Dictionary<string, string>(metadata) { ["rng.data"] = "x" });
        Throws(resumed, folder, "its random stream 'rng.data' is damaged. Restore the file from a copy.");
        Safetensors.Save(folder.Run.State, tensors, metadata.Where(pair => pair.Key != "rng.data").ToDictionary());
        Throws(resumed, folder, "its random stream 'rng.data' is missing. Restore the file from a copy.");
    }

    private static void Truncate(string path)
    {
        using FileStream file = File.OpenWrite(path);
        file.SetLength(file.Length - 5);
    }

    private static void FlipABit(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = file.Length - 6; // within the last tensor
        int value = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(value ^ 4));
    }

    private static void Throws(TinyRun run, TemporaryFolder folder, string message)
    {
        int[] before = run.Bits();
        CheckpointException error = Assert.Throws<CheckpointException>(() => run.Load(folder.Run));
        Assert.Contains(message, error.Message);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(before, run.Bits());
        Assert.Equal(0, run.Checkpoint.Step);
    }
}
