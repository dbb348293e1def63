using System.Reflection;
using MiniStack.Formats;
using MiniStack.Nn;
using Module = MiniStack.Nn.Module;

namespace MiniStack.Tests.Docs;

/// <summary>What the listings of docs/from-pytorch.md share: a model with plain start weights, a little data, and PyTorch's numbers.</summary>
internal static class PageCases
{
    public static string Root { get; } =
        typeof(PageCases).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    public static string Page { get; } = File.ReadAllText(Path.Combine(Root, "docs", "from-pytorch.md")).ReplaceLineEndings("\n");

    public static Tensor X => Tensor.CopyOf([.. Even(-1, 1, 12)], [4, 3]);

    public static Tensor Y => X.Sum([1], keepDims: true);

    public static (Sequential Model, Tensor X, Tensor Y) Begin() => (Fresh(), X, Y);

    public static Sequential Fresh() => Start(new Sequential(new Linear(3, 8, new Rng(1)), new Tanh(), new Linear(8, 1, new Rng(1))));

    /// <summary>Every parameter from -0.5 to 0.5 in even steps, as in tests/Golden/page_cases.py.</summary>
    public static TModule Start<TModule>(TModule module) where TModule : Module
    {
        foreach (Parameter parameter in module.Parameters())
            parameter.Value.CopyFrom(Tensor.CopyOf([.. Even(-0.5, 0.5, (int)parameter.Value.Count)], parameter.Shape));
        return module;
    }

    public static IReadOnlyDictionary<string, Tensor> Golden(string script) =>
        Safetensors.Load(Path.Combine(Root, "tests", "Golden", $"{script}.safetensors"));

    /// <summary>A listing's numbers are those that PyTorch's half of it computed.</summary>
    public static void Same(string script, string topic, params ReadOnlySpan<Tensor> values)
    {
        List<double> own = [];
        foreach (Tensor value in values) own.AddRange(value.To(Device.Cpu).To(DType.F64).ToArray<double>());
        double[] golden = Golden(script)[topic].ToArray<double>();
        Assert.Equal(golden.Length, own.Count);
        for (int i = 0; i < golden.Length; i++) Assert.InRange(own[i], golden[i] - 1e-5, golden[i] + 1e-5);
    }

    /// <summary>The page quotes this message.</summary>
    public static void Quoted(Exception error) => Assert.Contains(error.Message.ReplaceLineEndings("\n"), Page);

    private static IEnumerable<float> Even(double low, double high, int count) =>
        Enumerable.Range(0, count).Select(i => (float)(low + (high - low) * i / Math.Max(1, count - 1)));
}
