using System.Reflection;
using MiniStack.Formats;

namespace MiniStack.Tests;

/// <summary>Numbers that a script computed with PyTorch; see tests/Golden.</summary>
internal sealed class GoldenFile
{
    public GoldenFile(string path)
    {
        Tensors = Safetensors.Load(path, out IReadOnlyDictionary<string, string> metadata);
        Metadata = metadata;
    }

    /// <summary>The folder with the scripts and the files they made.</summary>
    public static string Folder { get; } = Path.Combine(
        typeof(GoldenFile).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!, "tests", "Golden");

    public IReadOnlyDictionary<string, Tensor> Tensors { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public Tensor this[string name] => Tensors[name];

    public static GoldenFile Open(string name) => new(Path.Combine(Folder, name));

    /// <summary>A number that the script noted down.</summary>
    public double Number(string name) => double.Parse(Metadata[name], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The tensors whose names start with a prefix, without it.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Under(string prefix) => Tensors
        .Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))
        .Select(pair => KeyValuePair.Create(pair.Key[prefix.Length..], pair.Value));

    /// <summary>The largest |a − b|.</summary>
    public static double Difference(Tensor a, Tensor b)
    {
        Assert.Equal(a.Shape, b.Shape);
        double[] left = a.To(Device.Cpu).To(DType.F64).ToArray<double>(), right = b.To(Device.Cpu).To(DType.F64).ToArray<double>();
        double worst = 0;
        for (int i = 0; i < left.Length; i++)
        {
            double difference = Math.Abs(left[i] - right[i]);
            if (!(difference <= worst)) worst = difference; // NaN counts as worst, and stays
        }
        return worst;
    }
}
