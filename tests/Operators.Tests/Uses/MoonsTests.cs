namespace MiniStack.Tests;

/// <summary>micrograd's demonstration: two moons, a network 2-16-16-1, hinge loss. And products with its Hessian.</summary>
public class MoonsTests(ITestOutputHelper output)
{
    [Fact]
    public void Moons_AfterTraining_AreSeparatedCompletely()
    {
        (Tensor points, Tensor labels) = Moons(100, noise: 0.1, new Rng(1337));
        Parameter[] network = Network(new Rng(1));
        double accuracy = 0;
        for (int step = 0; step < 200; step++)
        {
            using Tape tape = Tape.Begin();
            Variable scores = Scores(network, points);
            accuracy = Accuracy(scores.Value, labels);
            tape.Backward(Loss(scores, labels, network));
            double rate = 1 - 0.9 * step / 200;
            foreach (Parameter p in network)
            {
                Fused.Sgd(p.Value, p.Grad!, null, new SgdStep(rate, 0, false, 0, 1));
                p.ClearGrad();
            }
        }
        output.WriteLine($"measured: moons, accuracy {accuracy:P0}");
        Assert.Equal(1, accuracy);
    }

    [Fact]
    public void HessianVector_OfTheNetwork_EqualsDifferencesOfItsGradient()
    {
        (Tensor points, Tensor labels) = Moons(40, noise: 0.1, new Rng(7));
        Parameter[] network = Network(new Rng(2));
        Tensor[] directions = [.. network.Select((p, i) => Tensor.Normal(p.Shape, new Rng((ulong)i), dtype: DType.F64))];

        double[] product;
        using (Tape tape = Tape.Begin())
        {
            // tanh instead of ReLU, whose second derivative is zero wherever it has one
            Variable[] gradients = tape.Grad([SmoothLoss(network, points, labels)], network, [], createGraph: true);
            Variable along = Tensor.Scalar(0, DType.F64);
            for (int i = 0; i < network.Length; i++) along += (gradients[i] * directions[i]).Sum();
            product = Flat(tape.Grad([along], network));
        }

        const double h = 1e-5;
        double[] after = GradientAt(h), before = GradientAt(-h);
        double worst = product.Select((value, i) => Math.Abs(value - (after[i] - before[i]) / (2 * h))).Max();
        output.WriteLine($"measured: Hessian-vector product of {product.Length} parameters, worst difference {worst:E1}");
        Assert.InRange(worst, 0, 1e-7);

        double[] GradientAt(double distance)
        {
            for (int i = 0; i < network.Length; i++) network[i].Value.AddInPlace(directions[i] * distance);
            using Tape tape = Tape.Begin();
            double[] gradient = Flat(tape.Grad([SmoothLoss(network, points, labels)], network));
            for (int i = 0; i < network.Length; i++) network[i].Value.AddInPlace(directions[i] * -distance);
            return gradient;
        }
    }

    private static double[] Flat(Variable[] gradients) => [.. gradients.SelectMany(gradient => gradient.Value.ToArray<double>())];

    private static Parameter[] Network(Rng rng) =>
        [Weights(16, 2), Zeros(16), Weights(16, 16), Zeros(16), Weights(1, 16), Zeros(1)];

    private static Parameter Weights(int outputs, int inputs) =>
        new(Tensor.Normal([outputs, inputs], new Rng((ulong)(outputs + inputs)), std: Math.Sqrt(2.0 / inputs), dtype: DType.F64));

    private static Parameter Zeros(int count) => new(Tensor.Zeros([count], DType.F64));

    private static Variable Scores(Parameter[] p, Tensor points) =>
        new Variable(points).Linear(p[0], p[1]).Relu().Linear(p[2], p[3]).Relu().Linear(p[4], p[5]).Squeeze(-1);

    // max-margin loss with a little weight decay, as in the demonstration
    private static Variable Loss(Variable scores, Tensor labels, Parameter[] network)
    {
        Variable loss = (1 - scores * labels).Relu().Mean();
        foreach (Parameter p in network) loss += (p * p).Sum() * 1e-4;
        return loss;
    }

    private static Variable SmoothLoss(Parameter[] p, Tensor points, Tensor labels)
    {
        Variable scores = new Variable(points).Linear(p[0], p[1]).Tanh().Linear(p[2], p[3]).Gelu().Linear(p[4], p[5]).Squeeze(-1);
        return (1 + (-(scores * labels)).Exp()).Log().Mean();
    }

    private static double Accuracy(Tensor scores, Tensor labels) => (scores * labels).Greater(Tensor.Scalar(0, DType.F64)).To(DType.F64).Mean().Item();

    /// <summary>Two half circles that reach into each other; labels are −1 and 1.</summary>
    private static (Tensor Points, Tensor Labels) Moons(int count, double noise, Rng rng)
    {
        double[,] points = new double[count, 2];
        double[] labels = new double[count];
        for (int i = 0; i < count; i++)
        {
            double angle = Math.PI * (i / 2) / (count / 2 - 1);
            bool upper = i % 2 == 0;
            (points[i, 0], points[i, 1]) = upper ? (Math.Cos(angle), Math.Sin(angle)) : (1 - Math.Cos(angle), 0.5 - Math.Sin(angle));
            labels[i] = upper ? -1 : 1;
        }
        return (Tensor.CopyOf(points) + Tensor.Normal([count, 2], rng, std: noise, dtype: DType.F64), Tensor.CopyOf(labels));
    }
}
