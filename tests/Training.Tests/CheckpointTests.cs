using MiniStack.Formats;
using MiniStack.Training;

namespace MiniStack.Tests;

public sealed class CheckpointTests
{
    [Fact]
    public void Load_AfterCrashBetweenTheTwoRenames_FindsTheNewWeights()
    {
        using TemporaryFolder folder = new();
        using TinyRun run = new(), resumed = new();
        run.Step();
        run.Save(folder.Run);
        string oldWeights = folder.Run.Model + ".old";
        File.Copy(folder.Run.Model, oldWeights);
        run.Step();
        run.Save(folder.Run);
        // As a crash leaves it: the state renamed, the weights not yet.
        File.Move(folder.Run.Model, folder.Run.Model + ".next");
        File.Move(oldWeights, folder.Run.Model);

        resumed.Load(folder.Run);
        Assert.Equal(2, resumed.Checkpoint.Step);
        Assert.Equal(run.Bits(), resumed.Bits());
    }

    [Fact]
    public void Load_AfterCrashBeforeTheFirstRename_FindsTheOldPair()
    {
        using TemporaryFolder folder = new();
        using TinyRun run = new(), resumed = new();
        run.Step();
        run.Save(folder.Run);
        int[] saved = run.Bits();
        File.WriteAllBytes(folder.Run.State + ".next", [1, 2, 3]); // half-written successors
        File.WriteAllBytes(folder.Run.Model + ".next", [1, 2, 3]);

        resumed.Load(folder.Run);
        Assert.Equal(1, resumed.Checkpoint.Step);
        Assert.Equal(saved, resumed.Bits());
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
        using (FileStream file = File.OpenWrite(Path.Combine(folder.Run.Path, name))) file.SetLength(file.Length - 5);
        Throws(resumed, folder, name);
    }

    [Fact]
    public void Load_OfAnotherConfiguration_Throws()
    {
        using TemporaryFolder folder = new();
        using TinyRun run = new("one"), resumed = new("two");
        run.Step();
        run.Save(folder.Run);
        Throws(resumed, folder, "it was saved with another configuration than config.json says. Restore the run's own files.");
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
        Throws(resumed, folder, "its format version is 7; this program reads up to 1. Update MiniStack to continue this run.");
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
        Throws(resumed, folder, "its random stream 'rng.data' is damaged. Restore the file from a copy.");
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
