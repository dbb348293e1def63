using System.Globalization;
using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>Names, values, gradients and buffers equal PyTorch's, which the scripts in tests/Golden wrote down.</summary>
public class LayerGoldenTests
{
    private static readonly Dictionary<string, GoldenFile> Files = (
        from path in Directory.EnumerateFiles(GoldenFile.Folder, "layers_*.safetensors").Order()
        let file = new GoldenFile(path)
        from key in file.Tensors.Keys
        where key.EndsWith(".y", StringComparison.Ordinal)
        select (Name: key[..^2], file)).ToDictionary(pair => pair.Name, pair => pair.file);

    public static TheoryData<string> Layers => LayerTable.Names(row => row.Golden is not null);

    [Theory]
    [MemberData(nameof(Layers))]
    public void Layer_WithPyTorchsState_ComputesWhatPyTorchDoes(string name)
    {
        LayerRow row = LayerTable.ByName[name];
        GoldenFile golden = Files[row.Golden!];
        Module layer = row.Build(DType.F64);
        StateDict state = new(golden.Under($"{row.Golden}.state."));
        Assert.Equal(state.Keys, layer.StateDict().Keys);
        Assert.Equal(state.Values.Select(value => value.Shape), layer.StateDict().Values.Select(value => value.Shape));
        layer.LoadStateDict(state);
        Parameter[] inputs = [.. Inputs(golden, row.Golden!).Select(value => new Parameter(value))];
        using Tape tape = Tape.Begin();
        Variable y = row.Run(layer, inputs);
        tape.Backward(y, golden[$"{row.Golden}.r"]);
        AssertClose(golden[$"{row.Golden}.y"], y.Value, "y");
        for (int i = 0; i < inputs.Length; i++) AssertClose(golden[$"{row.Golden}.dx{i}"], inputs[i].Grad!, $"dx{i}");
        foreach ((string parameter, Tensor gradient) in golden.Under($"{row.Golden}.d."))
            AssertClose(gradient, GradientOf(layer.NamedParameters().Single(named => named.Name == parameter).Parameter), parameter);
        foreach ((string buffer, Tensor after) in golden.Under($"{row.Golden}.after.")) AssertClose(after, layer.StateDict()[buffer], buffer);
    }

    [Fact]
    public void Cases_OfTheFiles_AreAllCompared() =>
        Assert.Equal(Files.Keys.Order(), LayerTable.All.Select(row => row.Golden).OfType<string>().Distinct().Order());

    [Fact]
    public void Layers_ThatPyTorchHas_AreCompared() =>
        Assert.Empty(LayerTable.All.Where(row => row.PyTorch is not null && row.Golden is null).Select(row => row.Name));

    private static IEnumerable<Tensor> Inputs(GoldenFile golden, string name) =>
        golden.Under($"{name}.x").OrderBy(pair => int.Parse(pair.Key, CultureInfo.InvariantCulture)).Select(pair => pair.Value);

    /// <summary>Zeros where nothing arrived: an expert to which no token was sent.</summary>
    private static Tensor GradientOf(Parameter parameter) => parameter.Grad ?? Tensor.Zeros(parameter.Shape, DType.F64);

    private static void AssertClose(Tensor expected, Tensor actual, string what)
    {
        double worst = GoldenFile.Difference(expected, actual);
        Assert.True(worst <= 1e-12, string.Create(CultureInfo.InvariantCulture, $"{what} differs by {worst:E1}"));
    }
}
