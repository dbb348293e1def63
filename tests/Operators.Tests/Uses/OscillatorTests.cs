namespace MiniStack.Tests;

/// <summary>A physics-informed fit: a network learns x(t) from x″ = −ω²·x alone, with no point of the solution given but its start.</summary>
/// <remarks>Raissi, Perdikaris and Karniadakis 2019, doi:10.1016/j.jcp.2018.10.045.</remarks>
public class OscillatorTests(ITestOutputHelper output)
{
    private const double Omega = 2;

    [Fact]
    public void Network_TrainedOnTheEquation_FindsTheCosine()
    {
        Tensor times = (Tensor.Arange(33, DType.F64) * (3.0 / 32)).Unsqueeze(-1); // 0 … 3, most of a period
        Parameter[] network =
        [
            Weights(24, 1, 1.5), Weights(24, 24, 1 / Math.Sqrt(24)), Weights(1, 24, 1 / Math.Sqrt(24)),
            new(Tensor.Normal([24], new Rng(8), dtype: DType.F64)), new(Tensor.Zeros([24], DType.F64)), new(Tensor.Zeros([1], DType.F64)),
        ];
        AdamWTensors[] states = [];
        double residual = 0;
        const int steps = 2500;
        for (int step = 1; step <= steps; step++)
        {
            using Tape tape = Tape.Begin();
            Variable t = Variable.Watch(times), x = Position(network, t);
            Variable speed = tape.Grad(x, t, createGraph: true), acceleration = tape.Grad(speed, t, createGraph: true);
            Variable error = acceleration + x * (Omega * Omega), loss = (error * error).Mean();
            residual = loss.Item();
            tape.Backward(loss);
            if (states.Length == 0) states = [.. network.Select(p => new AdamWTensors(p.Value, p.Grad!, State(p), State(p)))];
            double rate = 1e-2 * 0.5 * (1 + Math.Cos(Math.PI * step / steps));
            Fused.AdamW(states, new AdamWStep(rate, 0.9, 0.99, 1e-8, 0, 1, step));
            foreach (Parameter p in network) p.ClearGrad();
        }
        double[] found = Position(network, times).Value.ToArray<double>(), at = times.ToArray<double>();
        double worst = found.Select((value, i) => Math.Abs(value - Math.Cos(Omega * at[i]))).Max();
        output.WriteLine($"measured: oscillator, mean squared residual {residual:E1}, worst distance from cos(ωt) {worst:E1}");
        Assert.InRange(worst, 0, 1e-2);
    }

    /// <summary>1 + t²·N(t): whatever the network N says, it starts at 1 and at rest.</summary>
    private static Variable Position(Parameter[] p, Variable t) =>
        1 + t * t * t.Linear(p[0], p[3]).Tanh().Linear(p[1], p[4]).Tanh().Linear(p[2], p[5]);

    private static Tensor State(Parameter p)
    {
        using MemoryScope persistent = MemoryScope.Persistent();
        return Tensor.Zeros(p.Shape, DType.F64);
    }

    private static Parameter Weights(int outputs, int inputs, double std) =>
        new(Tensor.Normal([outputs, inputs], new Rng((ulong)(7 * outputs + inputs)), std: std, dtype: DType.F64));
}
