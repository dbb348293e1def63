namespace MiniStack.Tests;

/// <summary>A run that saves after every step is killed again and again, and resumed; it must be the run that nobody killed.</summary>
public sealed class CheckpointKillTests(ITestOutputHelper output)
{
    /// <summary>Some hundred kilobytes of weights and state, so that most of the time goes into saving.</summary>
    internal static TinyRun NewRun() => new(channels: 64, layers: 2);

    [Fact]
    [Trait("Category", "Soak")]
    public void Save_RunKilled_ResumesFromTheLastSafeStepBitwise()
    {
        int kills = Soak.IsOn ? 200 : 5, insideASave = 0;
        Random random = new(7);
        using TemporaryFolder folder = new();
        using TinyRun undisturbed = NewRun();
        for (int kill = 0; kill < kills; kill++)
        {
            (long begun, long safe) = KilledWriter.Run(typeof(Program), [Program.TrainCommand, folder.Run.Path], random.Next(60));
            if (begun > safe) insideASave++;
            using TinyRun resumed = NewRun();
            resumed.Load(folder.Run);
            Assert.InRange(resumed.Checkpoint.Step, safe, begun);
            Assert.Null(resumed.Checkpoint.Fallback);
            while (undisturbed.Checkpoint.Step < resumed.Checkpoint.Step) undisturbed.Step();
            // The run on the disk may be a step behind the one before, never different: what was safe was loaded.
            Assert.Equal(undisturbed.Checkpoint.Step, resumed.Checkpoint.Step);
            Assert.Equal(undisturbed.Bits(), resumed.Bits());
        }
        output.WriteLine($"measured: {kills} kills of a training run, {insideASave} of them inside a save: 0 unreadable, each at its last safe step or the one begun, bitwise; {undisturbed.Checkpoint.Step} steps");
        if (Soak.IsOn) Assert.InRange(insideASave, 50, kills);
    }
}
