using System.Globalization;
using MiniStack.Tests;

namespace MiniStack.Formats.Tests;

/// <summary>A process that saves checkpoints is killed at random moments; what it said was safe must be there.</summary>
public sealed class AtomicFileKillTests(ITestOutputHelper output) : TestFolder
{
    [Fact]
    [Trait("Category", "Soak")]
    public void Save_ProcessKilled_LastSafeStepCanBeLoaded()
    {
        int kills = Soak.IsOn ? 200 : 6, insideAWrite = 0;
        Random random = new(42);
        string path = PathOf("checkpoint.safetensors");
        for (int kill = 0; kill < kills; kill++)
        {
            (long begun, long safe) = KilledWriter.Run(typeof(Program), [CheckpointWriter.Command, path], random.Next(60));
            using SafetensorsFile file = Safetensors.Open(path);
            long found = long.Parse(file.Metadata["step"], CultureInfo.InvariantCulture);
            Assert.InRange(found, safe, begun);
            Assert.All(file.Read("weights").ToArray<float>(), weight => Assert.Equal(found, weight));
            Assert.All(file.Read("moments").ToArray<double>(), moment => Assert.Equal(-found, moment));
            if (TemporaryFiles() > 0) insideAWrite++;
            // The files of the dead are gone once the next writer has come by.
            Assert.InRange(TemporaryFiles(), 0, 1);
        }
        output.WriteLine($"{kills} kills, {insideAWrite} of them inside a write; every file was readable and held the last safe step.");
        if (Soak.IsOn) Assert.InRange(insideAWrite, 50, kills);
    }

    private int TemporaryFiles() => Directory.EnumerateFiles(Folder, "*.tmp").Count();
}
