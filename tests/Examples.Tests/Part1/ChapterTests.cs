namespace MiniStack.Tests.Part1;

public sealed class ChapterTests() : BookChapter(
    "Part1.Hardware", listings: 3, rooms: ["Tensor/Backends/Cpu/Kernels"], demos: ["bits", "doctor", "gemm-ladder", "grade", "roofline"],
    exercises: ["RidgePoint", "ProductIntensity", "RoundToBf16", "BestTile"])
{
    [Fact]
    public void Bits_InTheChapter_IsWhatTheDemoPrints()
    {
        string output = Output("bits", "--value", "0.1");
        foreach (string line in Printed("0.1, rounded")) Assert.Contains(line, output);
    }
}
