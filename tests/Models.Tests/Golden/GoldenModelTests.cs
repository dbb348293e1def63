using System.Globalization;
using MiniStack.Models;
using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>Names, values, every gradient and the buffers of small models equal PyTorch's, which tests/Golden/models_golden.py wrote down.</summary>
public class GoldenModelTests(ITestOutputHelper output)
{
    private const int Vocabulary = 11, Batch = 2, Time = 5;

    private static readonly GoldenFile Golden = GoldenFile.Open("models_golden.safetensors");

    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["Llama"] = Case.Of(rng => new Llama(new LlamaConfig(Vocabulary, 6, 2, 4, 2, 8, 12), rng), (model, _) => model.Call(Tokens())),
        ["LlamaTied"] = Case.Of(rng => new Llama(new LlamaConfig(Vocabulary, 6, 2, 4, 2, 8, 12, TiedHead: true), rng), (model, _) => model.Call(Tokens())),
        ["Bert"] = Case.Of(rng => new Bert(new BertConfig(Vocabulary, 6, 2, 2, 8, 12, Dropout: 0), rng), (model, _) => model.Call(Sentences())),
        ["LstmLanguageModel"] = Case.Of(
            rng => new LstmLanguageModel(new LstmLanguageModelConfig(Vocabulary, 4, 6, 2), rng), (model, _) => model.Call(Tokens())),
        ["ResNet18"] = Case.Of(rng => new ResNet18(new ResNet18Config(3, Width: 2), rng), (model, x) => model.Call(x!)),
        ["ResNet20"] = Case.Of(rng => new ResNet20(new ResNet20Config(3, Width: 2), rng), (model, x) => model.Call(x!)),
        ["VisionTransformer"] = Case.Of(
            rng => new VisionTransformer(new VisionTransformerConfig(8, 4, 3, 2, 2, 8, 12), rng), (model, x) => model.Call(x!)),
        ["UNet"] = Case.Of(rng => new UNet(new UNetConfig(1, 1, 2, 2, Groups: 2), rng), (model, x) => model.Call(x!)),
        ["VariationalAutoencoder"] = Case.Of(
            rng => new VariationalAutoencoder(new VariationalAutoencoderConfig(6, [5], 3), rng), (model, x) => Parts(model, x!)),
        ["LeCun1989"] = Case.Of(rng => new LeCun1989(new LeCun1989Config(), rng), (model, x) => model.Call(x!)),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Model_WithPyTorchsState_ComputesWhatPyTorchDoes(string name)
    {
        (Func<Rng, Module> make, Func<Module, Variable?, Variable> run) = Cases[name];
        Module model = make(new Rng(1));
        model.ConvertTo(DType.F64);
        model.LoadStateDict(new StateDict(Golden.Under($"{name}.state.")));
        Parameter? x = Golden.Tensors.TryGetValue($"{name}.x0", out Tensor? input) ? new Parameter(input) : null;
        using Tape tape = Tape.Begin();
        Variable y = run(model, x);
        tape.Backward(y, Golden[$"{name}.r"]);
        double worst = Check(Golden[$"{name}.y"], y.Value, "y");
        if (x is not null) worst = Math.Max(worst, Check(Golden[$"{name}.dx0"], x.Grad!, "dx0"));
        Dictionary<string, Parameter> parameters = model.NamedParameters().ToDictionary(named => named.Name, named => named.Parameter);
        Dictionary<string, Tensor> gradients = new(Golden.Under($"{name}.d."));
        Assert.Equal(gradients.Keys.Order(), parameters.Keys.Order());
        foreach ((string parameter, Tensor gradient) in gradients) worst = Math.Max(worst, Check(gradient, parameters[parameter].Grad!, parameter));
        foreach ((string buffer, Tensor after) in Golden.Under($"{name}.after.")) worst = Math.Max(worst, Check(after, model.StateDict()[buffer], buffer));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: worst {worst:E1}"));
    }

    [Fact]
    public void Cases_OfTheFile_AreAllCompared() =>
        Assert.Equal(Golden.Tensors.Keys.Where(key => key.EndsWith(".y", StringComparison.Ordinal)).Select(key => key[..^2]).Order(), Cases.Keys.Order());

    /// <summary>The difference, of the largest number's size where that is above 1.</summary>
    private static double Check(Tensor expected, Tensor actual, string what)
    {
        double largest = Math.Max(1, expected.To(DType.F64).ToArray<double>().Max(Math.Abs));
        double worst = GoldenFile.Difference(expected, actual) / largest;
        Assert.True(worst <= 1e-12, string.Create(CultureInfo.InvariantCulture, $"{what} differs by {worst:E1}"));
        return worst;
    }

    private static Tensor Tokens() => Tensor.CopyOf([.. Enumerable.Range(0, Batch * Time).Select(i => (7L * i + i * i) % Vocabulary)], [Batch, Time]);

    /// <summary>Two segments, and padding at the end of the second sentence.</summary>
    private static BertInput Sentences()
    {
        long[] places = [.. Enumerable.Range(0, Batch * Time).Select(i => (long)(i % Time))];
        Tensor second = Tensor.CopyOf([.. places.Select(place => place >= 2 ? 1L : 0)], [Batch, Time]);
        Tensor mask = Tensor.CopyOf([.. places.Select((place, i) => i < Time || place < 3)], [Batch, Time]);
        return new BertInput(Tokens(), second, mask);
    }

    private static Variable Parts(VariationalAutoencoder model, Variable x)
    {
        Tensor noise = Tensor.CopyOf([.. Enumerable.Range(1, 6).Select(i => Math.Sin(i))], [2, 3]);
        VariationalOutput result = model.Forward(x, noise);
        return Variable.Concat([.. new[] { result.Scores, result.Mean, result.LogVariance, result.Loss(x.Value) }.Select(part => part.Reshape(-1))]);
    }

    private sealed record Case(Func<Rng, Module> Make, Func<Module, Variable?, Variable> Run)
    {
        public static Case Of<TModel>(Func<Rng, TModel> make, Func<TModel, Variable?, Variable> run) where TModel : Module =>
            new(make, (model, x) => run((TModel)model, x));
    }
}
