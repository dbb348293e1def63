using MiniStack.Data;
using MiniStack.Examples.Data;
using MiniStack.Formats;

namespace MiniStack.Tests.Part3;

/// <summary>Every kind of file is known by its bytes, and its numbers are told.</summary>
public sealed class InspectDemoTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ministack-inspect-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Inspect_EveryKind_TellsShapesAndStatistics()
    {
        string safetensors = At("a.safetensors"), npy = At("b"), npz = At("c"), idx = At("d"), shard = At("e");
        Tensor x = Tensor.CopyOf([1f, 3, float.NaN, 5], [2, 2]);
        Safetensors.Save(safetensors, new Dictionary<string, Tensor> { ["w"] = x }, new Dictionary<string, string> { ["step"] = "7" });
        Npy.Save(npy, x);
        Npz.Save(npz, new Dictionary<string, Tensor> { ["w"] = x });
        File.WriteAllBytes(idx, [0, 0, 8, 1, 0, 0, 0, 2, 10, 20]);
        using (TokenShardWriter writer = new(shard, 300))
        {
            writer.Append([1, 2, 299]);
            writer.Complete();
        }
        ExampleResult result = ExampleProcess.Run("Part3.Data.dll", "inspect", safetensors, npy, npz, idx, shard);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        string[] lines = [.. result.Output.Split('\n').Select(line => string.Join(' ', line.Split((char[])[' ', '|'], StringSplitOptions.RemoveEmptyEntries)))];
        Assert.Contains($"{safetensors}: safetensors, {new FileInfo(safetensors).Length} bytes, 1 tensor(s).", lines);
        Assert.Contains("step: 7", lines);
        Assert.Equal(2, lines.Count(line => line == "w F32 (2, 2) F32 16 1 3 5 1.633 1")); // of safetensors and npz
        Assert.Contains("b F32 (2, 2) F32 16 1 3 5 1.633 1", lines);
        Assert.Contains("d U8 (2) U8 2 10 15 20 5 0", lines);
        Assert.Contains("tokens: 3", lines);
        Assert.Contains("digest: right", lines);
        Assert.Contains("tokens U16 (3) I64 24 1 100.6667 299 140.2434 0", lines);
    }

    [Fact]
    public void Inspect_NoSuchOrUnknownOrDamaged_IsOneLineAndExit2()
    {
        File.WriteAllText(At("x.txt"), "words");
        File.WriteAllBytes(At("x.idx"), [0, 0, 8, 1, 0, 0, 0, 9, 1]);
        AssertSays("inspect needs a file: safetensors, npy, npz, IDX or a token shard. Name one after it.");
        AssertSays($"{At("x.txt")}: it is none of the known kinds of file: safetensors (by its name), npy, npz, IDX (gzipped or not), token shard. Check the path.", At("x.txt"));
        AssertSays($"{At("x.idx")}: byte 8: the sizes 9 ask for 9 bytes, but 1 follow. The file is cut short, or its sizes are damaged.", At("x.idx"));
        Assert.StartsWith($"error: {At("none")}: it cannot be read (", ExampleProcess.Run("Part3.Data.dll", "inspect", At("none")).Error, StringComparison.Ordinal);

        static void AssertSays(string sentence, params string[] files)
        {
            ExampleResult result = ExampleProcess.Run("Part3.Data.dll", ["inspect", .. files]);
            Assert.Equal((2, $"error: {sentence}", ""), (result.ExitCode, result.Error.TrimEnd(), result.Output));
        }
    }

    [Fact]
    public void Statistics_SeveralPiecesAndNothing_AreRight()
    {
        TensorStatistics many = TensorStatistics.Of(Tensor.Arange(1_500_001));
        Assert.Equal((0, 750_000, 1_500_000, 0), (many.Least, many.Mean, many.Greatest, many.NotFinite));
        Assert.Equal(433_013.0, many.Deviation, 0.5); // √((n² − 1)/12)
        Assert.Equal(new TensorStatistics(double.NaN, double.NaN, double.NaN, double.NaN, 0), TensorStatistics.Of(Tensor.Zeros([0, 3])));
    }

    private string At(string name) => Path.Combine(_folder, name);
}
