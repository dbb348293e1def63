using MiniStack.Models;
using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>Every model comes back from its folder bit by bit, and nothing else comes back as a model.</summary>
public sealed class ModelFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ministack-models-").FullName;

    public static TheoryData<string> Models => ModelTable.Names;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Models))]
    public void Load_WhatWasSaved_IsTheSameBitByBit(string name)
    {
        ModelRow row = ModelTable.ByName[name];
        Module model = row.Build();
        Save(model, _folder);
        Module loaded = ModelFolder.Load(_folder);
        Assert.IsType(row.Type, loaded);
        StateDict expected = model.StateDict(), actual = loaded.StateDict();
        Assert.Equal(expected.Keys, actual.Keys);
        foreach ((string key, Tensor tensor) in expected)
        {
            Assert.Equal(tensor.DType, actual[key].DType);
            Assert.Equal(Bits(tensor), Bits(actual[key]));
        }
        model.Eval();
        loaded.Eval();
        Tensor[] batch = row.Batch(new Rng(2));
        Assert.Equal(Bits(row.Output(model, batch).Value), Bits(row.Output(loaded, batch).Value));
        // The configuration is the same too: saved again, both make the same files.
        Save(loaded, Path.Combine(_folder, "again"));
        foreach (string file in (string[])["config.json", "model.safetensors"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, file)), File.ReadAllBytes(Path.Combine(_folder, "again", file)));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Load_WeightsOfAnotherConfig_Throws(string name)
    {
        ModelRow row = ModelTable.ByName[name];
        Module model = row.Make(row.Config, new Rng(1)), other = row.Make(row.Other, new Rng(1));
        CheckpointException error = Assert.Throws<CheckpointException>(() => other.LoadStateDict(model.StateDict()));
        Assert.StartsWith("The weights do not fit the model. ", error.Message, StringComparison.Ordinal);
        Save(model, _folder);
        Save(other, Path.Combine(_folder, "other"));
        File.Copy(Path.Combine(_folder, "other", "config.json"), Path.Combine(_folder, "config.json"), overwrite: true);
        AssertRefused($"{Weights}: it was saved with another configuration than config.json says. Restore both files from one save.");
    }

    [Fact]
    public void Save_IntoAFolderThatIsNotThere_MakesIt()
    {
        string folder = Path.Combine(_folder, "a", "b");
        Tiny().Save(folder);
        Assert.Equal(["config.json", "model.safetensors"], Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order());
        Assert.Equal(
            """
            {
              "format_version": 1,
              "architecture": "MultilayerPerceptron",
              "config": {
                "inputs": 2,
                "hidden": [
                  3
                ],
                "outputs": 1,
                "dropout": 0
              }
            }

            """, File.ReadAllText(Path.Combine(folder, "config.json")));
    }

    [Fact]
    public void Save_WhereAFileStands_Throws()
    {
        string path = Path.Combine(_folder, "file");
        File.WriteAllText(path, "");
        CheckpointException error = Assert.Throws<CheckpointException>(() => Tiny().Save(path));
        Assert.StartsWith($"{path}: the folder cannot be made (", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("). Choose another one.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DType.F64)]
    [InlineData(DType.BF16)]
    public void Load_AModelOfAnotherType_KeepsIt(DType dtype)
    {
        MultilayerPerceptron model = Tiny().To(dtype);
        model.Save(_folder);
        MultilayerPerceptron loaded = MultilayerPerceptron.Load(_folder, Device.Reference);
        foreach ((string name, Parameter parameter) in loaded.NamedParameters())
        {
            Assert.Equal((dtype, Device.Reference), (parameter.Value.DType, parameter.Value.Device));
            Assert.Equal(0, GoldenFile.Difference(parameter.Value, model.StateDict()[name]));
        }
    }

    [Fact]
    public void Load_WeightsOfAnotherProgram_NeedNotNameTheConfig()
    {
        MultilayerPerceptron model = Tiny();
        model.Save(_folder);
        MiniStack.Formats.Safetensors.Save(Weights, model.StateDict());
        Assert.Equal(model.StateDict().Keys, MultilayerPerceptron.Load(_folder).StateDict().Keys);
    }

    [Fact]
    public void Load_OtherNamesInTheWeights_ThrowsWithTheFile()
    {
        MultilayerPerceptron model = Tiny();
        model.Save(_folder);
        MiniStack.Formats.Safetensors.Save(Weights, model.StateDict().Select(pair => KeyValuePair.Create("a." + pair.Key, pair.Value)));
        CheckpointException error = Assert.Throws<CheckpointException>(() => ModelFolder.Load(_folder));
        Assert.StartsWith($"{Weights}: The weights do not fit the model. missing: layers.0.weight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SizesLargerThanTheWeights_ThrowsBeforeAnythingIsMade()
    {
        MultilayerPerceptron model = Tiny();
        model.Save(_folder);
        MiniStack.Formats.Safetensors.Save(Weights, model.StateDict());
        File.WriteAllText(Config, Json("MultilayerPerceptron", """{"inputs": 10000000, "hidden": [1000000, 1000000], "outputs": 10000000}"""));
        AssertRefused($"{Weights}: it holds 13 numbers, but the sizes in config.json make a model of 21000012000000. Restore both files from one save.");
    }

    [Fact]
    public void Load_AFolderOfAnotherModel_NamesTheRightOne()
    {
        Tiny().Save(_folder);
        CheckpointException error = Assert.Throws<CheckpointException>(() => Gpt.Load(_folder));
        Assert.Equal($"{Config}: it describes a MultilayerPerceptron, not a Gpt. Load it with MultilayerPerceptron.Load.", error.Message);
    }

    [Theory]
    [InlineData("", "it is damaged (The input does not contain any JSON tokens.*). Restore it from a copy.")]
    [InlineData("[1]", "it is damaged (it is not an object). Restore it from a copy.")]
    [InlineData("{", "it is damaged (Expected depth to be zero*). Restore it from a copy.")]
    [InlineData("""{"architecture": "Gpt"}""", "it is damaged (the number 'format_version' is missing). Restore it from a copy.")]
    [InlineData("""{"format_version": "1"}""", "it is damaged (the number 'format_version' is missing). Restore it from a copy.")]
    [InlineData("""{"format_version": 2, "architecture": "Gpt"}""", "its format version is 2; this program reads up to 1. Update MiniStack to load this model.")]
    [InlineData("""{"format_version": 1}""", "it is damaged (the text 'architecture' is missing). Restore it from a copy.")]
    [InlineData("""{"format_version": 1, "architecture": "Gpt\n9"}""", """its architecture 'Gpt\n9' is none of this program's (Autoencoder, Bert, Gpt, *VisionTransformer). Update MiniStack, or correct the name.""")]
    [InlineData("""{"format_version": 1, "architecture": "Gpt"}""", "it is damaged (the object 'config' is missing). Restore it from a copy.")]
    [InlineData("""{"format_version": 1, "architecture": "Gpt", "config": 3}""", "it is damaged (the object 'config' is missing). Restore it from a copy.")]
    [InlineData("""{"format_version": 1, "format_version": 1}""", "it is damaged (*format_version*). Restore it from a copy.")]
    public void Load_ConfigThatIsNone_Throws(string json, string message)
    {
        File.WriteAllText(Config, json);
        CheckpointException error = Assert.Throws<CheckpointException>(() => Gpt.Load(_folder));
        Assert.Matches($"^{System.Text.RegularExpressions.Regex.Escape($"{Config}: {message}").Replace("\\*", ".*", StringComparison.Ordinal)}$", error.Message);
    }

    [Theory]
    [InlineData("""{"inputs": 2, "hidden": [3]}""", "'config' lacks a size of a MultilayerPerceptron")]
    [InlineData("""{"inputs": 2, "hidden": [3], "outputs": "1"}""", "'config.outputs' is malformed or unknown")]
    [InlineData("""{"inputs": 2, "hidden": [3, 1e40], "outputs": 1}""", "'config.hidden[1]' is malformed or unknown")]
    [InlineData("""{"inputs": 2, "hidden": null, "outputs": 1}""", "'config.hidden' is malformed or unknown")]
    [InlineData("""{"inputs": 2, "hidden": [3], "outputs": 1, "layers": 1}""", "'config.layers' is malformed or unknown")]
    [InlineData("""{"inputs": 0, "hidden": [3], "outputs": 1}""", "The number of inputs must be between 1 and 10000000, not 0")]
    public void Load_SizesThatMakeNoModel_Throws(string sizes, string why)
    {
        Tiny().Save(_folder);
        File.WriteAllText(Config, Json("MultilayerPerceptron", sizes));
        AssertRefused($"{Config}: it is damaged ({why}). Restore it from a copy.");
    }

    [Fact]
    public void Load_AHugeConfig_IsNotRead()
    {
        File.WriteAllText(Config, new string(' ', (1 << 20) + 1));
        AssertRefused($"{Config}: it has 1048577 bytes; the sizes of a model take at most 1048576. Check the folder's name.");
    }

    [Fact]
    public void Load_NoSuchFolder_Throws()
    {
        string folder = Path.Combine(_folder, "none");
        CheckpointException error = Assert.Throws<CheckpointException>(() => ModelFolder.Load(folder));
        Assert.StartsWith($"{Path.Combine(folder, "config.json")}: cannot be read, so there is no model to load here (", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("). Check the folder's name.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoWeights_Throws()
    {
        Tiny().Save(_folder);
        File.Delete(Weights);
        AssertRefused($"{Weights}: cannot be read: there is no such file. Check the path.");
    }

    private string Config => Path.Combine(_folder, "config.json");

    private string Weights => Path.Combine(_folder, "model.safetensors");

    private static MultilayerPerceptron Tiny() => new(new MultilayerPerceptronConfig(2, [3], 1), new Rng(1));

    private static string Json(string architecture, string config) => $$"""{"format_version": 1, "architecture": "{{architecture}}", "config": {{config}}}""";

    private static void Save(Module model, string folder) => model.GetType().GetMethod("Save")!.Invoke(model, [folder]);

    private static byte[] Bits(Tensor tensor) => tensor.DType == DType.I64
        ? System.Runtime.InteropServices.MemoryMarshal.AsBytes<long>(tensor.ToArray<long>()).ToArray()
        : System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(tensor.ToArray<float>()).ToArray();

    private void AssertRefused(string message) => Assert.Equal(message, Assert.Throws<CheckpointException>(() => ModelFolder.Load(_folder)).Message);
}
