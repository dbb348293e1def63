using MiniStack.Models;
using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>Start values that papers and torchvision prescribe.</summary>
public class StartValueTests
{
    [Fact]
    public void Constructor_OfResNets_StartsConvolutionsWithTorchvisionsDeviations()
    {
        foreach (Module model in new Module[] { new ResNet18(new ResNet18Config(10, Width: 32), new Rng(1)), new ResNet20(new ResNet20Config(), new Rng(1)) })
        {
            foreach ((string name, Parameter parameter) in model.NamedParameters())
            {
                if (parameter.Rank == 4)
                {
                    Shape shape = parameter.Shape;
                    double expected = Math.Sqrt(2.0 / (shape[0] * shape[2] * shape[3])), count = shape.Count;
                    // The deviation of n numbers strays by 1/√(2n).
                    Assert.Equal(expected, parameter.Value.StandardDeviation().Item(), 5 * expected / Math.Sqrt(2 * count));
                }
                else if (!name.StartsWith("fc.", StringComparison.Ordinal))
                {
                    Assert.All(parameter.Value.ToArray<float>(), number => Assert.Equal(name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0, number));
                }
            }
        }
    }

    [Fact]
    public void Constructor_OfLeCun1989_StartsAsInTheReimplementation()
    {
        StateDict state = new LeCun1989(new LeCun1989Config(), new Rng(1)).StateDict();
        foreach ((string name, int inputs) in new[] { ("h1", 25), ("h2", 200), ("h3", 192), ("output", 30) })
        {
            double bound = 2.4 / Math.Sqrt(inputs), largest = state[$"{name}.weight"].Abs().Max().Item();
            Assert.InRange(largest, 0.95 * bound, bound);
            Assert.All(state[$"{name}.bias"].ToArray<float>(), bias => Assert.Equal(name == "output" ? -1 : 0, bias));
        }
    }
}
