using System.Globalization;

namespace MiniStack.Tests;

/// <summary>Values and gradients equal PyTorch's, which the scripts in tests/Golden wrote down.</summary>
public class GoldenTests(ITestOutputHelper output)
{
    /// <summary>The file that holds each case.</summary>
    private static readonly Dictionary<string, GoldenFile> Files = (
        from path in Directory.EnumerateFiles(GoldenFile.Folder, "operators_*.safetensors").Order()
        let file = new GoldenFile(path)
        from key in file.Tensors.Keys
        where key.EndsWith(".y", StringComparison.Ordinal)
        select (Name: key[..^2], file)).ToDictionary(pair => pair.Name, pair => pair.file);

    public static TheoryData<string, string, DType> Cases()
    {
        TheoryData<string, string, DType> data = [];
        foreach (Operator op in OperatorTable.All)
        {
            foreach (Sample sample in op.Samples.Where(sample => sample.Golden is not null))
            {
                data.Add(op.Name, sample.Condition, DType.F64);
                data.Add(op.Name, sample.Condition, DType.F32);
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Operator_ValueAndGradients_EqualPyTorchs(string name, string condition, DType dtype)
    {
        Operator op = OperatorTable.ByName[name];
        Sample sample = OperatorTable.SampleOf(name, condition);
        GoldenFile golden = Files[sample.Golden!];
        Parameter[] inputs = [.. golden.Under($"{sample.Golden}.x").OrderBy(pair => int.Parse(pair.Key, CultureInfo.InvariantCulture)).Select(pair => new Parameter(pair.Value.To(dtype).Clone()))];
        double worst;
        if (op.Gradient == Differentiable.No)
        {
            worst = GoldenFile.Difference(golden[$"{sample.Golden}.y"], sample.Function(inputs).Value);
        }
        else
        {
            using Tape tape = Tape.Begin();
            Variable y = sample.Function(inputs);
            tape.Backward((y * golden[$"{sample.Golden}.r"].To(dtype)).Sum());
            worst = GoldenFile.Difference(golden[$"{sample.Golden}.y"], y.Value);
            for (int i = 0; i < inputs.Length; i++) worst = Math.Max(worst, GoldenFile.Difference(golden[$"{sample.Golden}.dx{i}"], inputs[i].Grad!));
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}, {condition}, {dtype}: worst difference {worst:E1}"));
        Assert.InRange(worst, 0, dtype == DType.F64 ? 1e-12 : 2e-5);
    }

    [Fact]
    public void Cases_OfTheFiles_AreAllCompared() => Assert.Equal(
        Files.Keys.Order(), OperatorTable.All.SelectMany(op => op.Samples).Select(sample => sample.Golden).OfType<string>().Distinct().Order());
}
