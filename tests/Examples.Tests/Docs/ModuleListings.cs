using MiniStack.Cuda;
using MiniStack.Formats;
using MiniStack.Nn;

namespace MiniStack.Tests.Docs;

/// <summary>The page's listings about modules compute what PyTorch computes.</summary>
public sealed class ModuleListings
{
    private static readonly Rng Random = new(seed: 1);

    [Fact]
    public void Module_WithRegisteredChildren_ComputesAsPyTorch()
    {
        Net net = PageCases.Start(new Net(new Rng(1)));
        Assert.Equal(["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"], net.StateDict().Keys);
        Same("module", net.Call(PageCases.X).Value);
        PageCases.Quoted(Assert.Throws<ConfigException>(() => new Forgetful(new Rng(1)).Parameters()));
    }

    [Fact]
    public void Containers_ByPlaceAndName_ComputeAsPyTorch()
    {
        (Rng rng, Tensor x) = (Random, PageCases.X);
        // <containers>
        Sequential model = new(new Linear(3, 8, rng), new Tanh(), new Linear(8, 1, rng));
        ModuleList<Linear> blocks = new([new Linear(3, 3, rng), new Linear(3, 3, rng)]);
        ModuleDict<Linear> heads = new();
        heads.Add("mean", new Linear(3, 1, rng));
        heads.Add("scale", new Linear(3, 1, rng));
        Variable h = x;
        foreach (Linear block in blocks) h = block.Call(h);
        Variable mean = heads["mean"].Call(h);
        // </containers>
        Assert.Equal("(4, 1)", mean.Shape.ToString());
        PageCases.Start(model);
        PageCases.Start(blocks);
        PageCases.Start(heads);
        Same("containers", model.Call(x).Value, heads["mean"].Call(blocks[1].Call(blocks[0].Call(x))).Value);
    }

    [Fact]
    public void Buffers_ChangedInPlace_AreSaved()
    {
        Centered centered = new();
        Same("buffers", centered.Call(PageCases.X).Value, centered.StateDict()["mean"]);
    }

    [Fact]
    public void Hooks_UntilDisposed_ChangeOutputs()
    {
        (Sequential model, Tensor x) = (PageCases.Fresh(), PageCases.X);
        // <hooks>
        Variable doubled;
        using (model[0].AfterForward((input, output) => output * 2))
            doubled = model.Call(x);
        Variable plain = model.Call(x);
        // </hooks>
        Same("hooks", doubled.Value, plain.Value);
    }

    [Fact]
    public void Freezing_ByPattern_FreezesWhatFits()
    {
        Sequential model = PageCases.Fresh();
        // <freezing>
        int frozen = model.Freeze("0.*");
        // </freezing>
        Assert.Equal(2, frozen);
        Same("freezing", [.. model.Parameters().Select(parameter => Tensor.Scalar(parameter.RequiresGrad ? 1 : 0))]);
        PageCases.Quoted(Assert.Throws<ConfigException>(() => model.Freeze("fc.*")));
    }

    [Fact]
    public void State_StrictAndLenient_ReportsAsPyTorch()
    {
        Sequential model = PageCases.Fresh(), other = new(new Linear(3, 8, Random), new Tanh(), new Linear(8, 1, Random));
        // <state>
        StateDict state = model.StateDict();
        other.LoadStateDict(state);             // strict: every name, every shape
        state.Remove("2.bias", out Tensor? bias);
        state["old.bias"] = bias!;
        StateDictReport report = other.LoadStateDict(state, strict: false);
        Console.WriteLine(report);              // missing: 2.bias, and below it unexpected: old.bias
        // </state>
        Assert.Equal(string.Join(Environment.NewLine, "missing: 2.bias", "unexpected: old.bias"), report.ToString());
        Same("state", other.Call(PageCases.X).Value, Tensor.Scalar(report.Missing.Count), Tensor.Scalar(report.Unexpected.Count));
        PageCases.Quoted(Assert.Throws<CheckpointException>(() => other.LoadStateDict(state)));
    }

    [Fact]
    public void Init_OfAWeight_KeepsToItsBound()
    {
        (Linear layer, Rng rng) = (new Linear(3, 2, Random), Random);
        // <init>
        layer.Weight.Value.CopyFrom(Init.XavierUniform(layer.Weight.Shape, rng));
        layer.Bias!.Value.Fill(0);
        // </init>
        Same("init", layer.Bias.Value, Tensor.Scalar(layer.Weight.Value.Abs().Max().Item() <= Math.Sqrt(6.0 / 5) ? 1 : 0));
    }

    [Fact]
    public void Devices_ChosenWhenRunning_ComputeTheSame()
    {
        (Sequential model, Tensor x) = (PageCases.Fresh(), PageCases.X);
        // <devices>
        Device device = CudaDevice.Count > 0 ? CudaDevice.Open(0) : Device.Cpu;
        model.To(device);
        Tensor output = model.Call(x.To(device)).Value;
        // </devices>
        Same("devices", output);
    }

    [Fact]
    public void Layouts_OfWeights_ArePyTorchs()
    {
        Rng rng = Random;
        // <layouts>
        Module[] layers =
        [
            new Linear(3, 2, rng),                                  // [out, in]
            new Conv2d(4, 6, kernel: 3, rng, groups: 2),            // [out, in / groups, height, width]
            new ConvTranspose2d(4, 6, kernel: 3, rng, groups: 2),   // [in, out / groups, height, width]
            new Lstm(3, 5, rng),                                    // gates i, f, g, o: [4·hidden, in]
            new MultiHeadAttention(8, heads: 2, rng),               // q, k, v: [3·channels, channels]
        ];
        // </layouts>
        Same("layouts", [.. layers.SelectMany(layer => layer.Parameters()).Select(parameter => Tensor.CopyOf([.. parameter.Shape]))]);
    }

    [Fact]
    public void Exchange_OfPyTorchsWeights_GivesItsOutput()
    {
        Sequential model = new(new Linear(3, 8, Random), new Tanh(), new Linear(8, 1, Random));
        string folder = Directory.CreateTempSubdirectory("ministack-page-").FullName, path = Path.Combine(folder, "model.safetensors");
        try
        {
            const string Prefix = "exchange.";
            Safetensors.Save(path, new StateDict(PageCases.Golden("page_models")).WithoutPrefix(Prefix));
            // <exchange>
            model.LoadStateDict(new StateDict(Safetensors.Load(path)));
            // </exchange>
            Same("exchange", model.Call(PageCases.X).Value);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Same(string topic, params ReadOnlySpan<Tensor> values) => PageCases.Same("page_models", topic, values);

    // <module>
    internal sealed class Net : Layer
    {
        private readonly Linear _fc1, _fc2;

        public Net(Rng rng)
        {
            _fc1 = Register("fc1", new Linear(3, 8, rng));
            _fc2 = Register("fc2", new Linear(8, 1, rng));
        }

        public override Variable Forward(Variable x) => _fc2.Call(_fc1.Call(x).Tanh());
    }
    // </module>

    // <buffers>
    internal sealed class Centered : Layer
    {
        private readonly ModuleBuffer _mean;

        public Centered() => _mean = RegisterBuffer("mean", Tensor.Zeros([3]));

        public override Variable Forward(Variable x)
        {
            _mean.Value.CopyFrom(x.Value.Mean([0]));
            return x - _mean.Value;
        }
    }
    // </buffers>

    private sealed class Forgetful : Layer
    {
        private readonly Linear _fc1;

        public Forgetful(Rng rng) => _fc1 = new Linear(3, 8, rng);

        public override Variable Forward(Variable x) => _fc1.Call(x);
    }
}
