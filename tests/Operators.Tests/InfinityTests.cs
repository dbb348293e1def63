namespace MiniStack.Tests;

/// <summary>At infinity, values and gradients are the limits, where there are some; elsewhere what PyTorch says.</summary>
public class InfinityTests
{
    private const double Infinity = double.PositiveInfinity;

    private static readonly double[] Ends = [-Infinity, Infinity];

    private sealed record Row(double[] X, Func<Variable, Variable> Function, double[] Y, double[] Dx);

    private static readonly Dictionary<string, Row> Table = new()
    {
        ["Exp"] = new(Ends, x => x.Exp(), [0, Infinity], [0, Infinity]),
        ["Log"] = new([Infinity, 1], x => x.Log(), [Infinity, 0], [0, 1]),
        ["Sqrt"] = new([Infinity, 1], x => x.Sqrt(), [Infinity, 1], [0, 0.5]),
        ["Tanh"] = new(Ends, x => x.Tanh(), [-1, 1], [0, 0]),
        ["Sigmoid"] = new(Ends, x => x.Sigmoid(), [0, 1], [0, 0]),
        ["Erf"] = new(Ends, x => x.Erf(), [-1, 1], [0, 0]),
        ["Atan"] = new(Ends, x => x.Atan(), [-Math.PI / 2, Math.PI / 2], [0, 0]),
        ["Gelu"] = new(Ends, x => x.Gelu(), [0, Infinity], [0, 1]),
        ["Silu"] = new(Ends, x => x.Silu(), [0, Infinity], [0, 1]),
        ["Relu"] = new(Ends, x => x.Relu(), [0, Infinity], [0, 1]),
        ["Abs"] = new(Ends, x => x.Abs(), [Infinity, Infinity], [-1, 1]),
        ["Clamp"] = new(Ends, x => x.Clamp(low: 0), [0, Infinity], [0, 1]),
        ["Reciprocal"] = new(Ends, x => 1 / x, [0, 0], [0, 0]),
        ["Pow"] = new(Ends, x => x.Pow(x.Value.ScalarLike(-2)), [0, 0], [0, 0]),
        ["Softmax"] = new([-Infinity, 0, 0, -Infinity], x => x.Softmax() * Ramp(x), [0, 1, 1.5, 0], [0, -0.25, 0.25, 0]),
        ["LogSoftmax"] = new([-Infinity, 0, 0, 0], x => x.LogSoftmax().Slice(0, 1, 1), [-Math.Log(3)], [0, 2 / 3.0, -1 / 3.0, -1 / 3.0]),
        ["LogSumExp of nothing"] = new([-Infinity, -Infinity], x => x.LogSumExp(), [-Infinity], [0, 0]),
        ["LogSumExp"] = new([-Infinity, 0, 0], x => x.LogSumExp(), [Math.Log(2)], [0, 0.5, 0.5]),
        ["LogSumExp of all"] = new([1, Infinity, -Infinity], x => x.LogSumExp(), [Infinity], [0, 1, 0]),
        ["CrossEntropy"] = new([-Infinity, 0, 0], x => x.CrossEntropy(Class(x, 1)), [Math.Log(2)], [0, -0.5, 0.5]),
        ["CrossEntropy of the impossible"] = new([-Infinity, 0, 0], x => x.CrossEntropy(Class(x, 0)), [Infinity], [-1, 0.5, 0.5]),
        ["NegativeLogLikelihood"] = new([-Infinity, 0], x => x.NegativeLogLikelihood(Class(x, 1)), [0], [0, -1]),
        ["KlDivergence"] = new([-Infinity, -1], x => x.KlDivergence(Numbers(x, 0, 1), Reduction.None), [0, 1], [0, -1]),
        ["KlDivergence of the impossible"] = new([-Infinity], x => x.KlDivergence(Numbers(x, 1), Reduction.None), [Infinity], [-1]),
        ["Entropy"] = new([0, 1], x => new Variable(Numbers(x, 0, 0)).KlDivergence(x.Detach(), Reduction.None) + x * 0, [0, 0], [0, 0]),
        ["BinaryCrossEntropy"] = new([Infinity, -Infinity, -Infinity, Infinity, Infinity], x => x.BinaryCrossEntropyWithLogits(Numbers(x, 1, 0, 1, 0, 0.5), reduction: Reduction.None), [0, 0, Infinity, Infinity, Infinity], [0, 0, -1, 1, 0.5]),
        ["BinaryCrossEntropy with weights"] = new([Infinity, -Infinity, -Infinity, Infinity], x => x.BinaryCrossEntropyWithLogits(Numbers(x, 1, 0, 1, 0), Numbers(x, 2), Reduction.None), [0, 0, Infinity, Infinity], [0, 0, -2, 1]),
        ["L1Loss"] = new(Ends, x => x.L1Loss(Numbers(x, 0, 0), Reduction.None), [Infinity, Infinity], [-1, 1]),
        ["SmoothL1Loss"] = new(Ends, x => x.SmoothL1Loss(Numbers(x, 0, 0), 1, Reduction.None), [Infinity, Infinity], [-1, 1]),
        ["HingeLoss"] = new(Ends, x => x.HingeLoss(Numbers(x, 1, 1), 1, Reduction.None), [Infinity, 0], [-1, 0]),
        ["Maximum"] = new(Ends, x => x.Maximum(Numbers(x, 0, 0)), [0, Infinity], [0, 1]),
        ["Max"] = new([1, Infinity, Infinity], x => x.Max(), [Infinity], [0, 0.5, 0.5]),
    };

    public static TheoryData<string, DType> Cases()
    {
        TheoryData<string, DType> data = [];
        foreach (string name in Table.Keys)
            foreach (DType dtype in Types.Floats) data.Add(name, dtype);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Operator_AtInfinity_IsTheLimit(string name, DType dtype)
    {
        Row row = Table[name];
        foreach (Device device in (Device[])[Device.Cpu, Device.Reference])
        {
            // Alone, and among so many that vectors and their tails are both reached.
            int copies = row.Y.Length == row.X.Length && name is not ("Softmax" or "LogSumExp") ? 35 : 1;
            foreach (bool createGraph in (bool[])[false, true])
            {
                using Tape tape = Tape.Begin();
                Variable x = Variable.Watch(Tensor.CopyOf([.. Enumerable.Repeat(row.X, copies).SelectMany(v => v)]).To(dtype).To(device));
                Variable y = row.Function(x), dx = tape.Grad([y], [x], [Tensor.Ones(y.Shape, y.Value.DType, device)], createGraph)[0];
                Near(row.Y, y.Value, $"{name} on {device}");
                Near(row.Dx, dx.Value, $"gradient of {name} on {device}, recorded: {createGraph}");
            }
        }

        void Near(double[] expected, Tensor actual, string what)
        {
            double[] have = actual.To(Device.Cpu).To(DType.F64).ToArray<double>();
            for (int i = 0; i < have.Length; i++)
            {
                double want = expected[i % expected.Length];
                bool near = double.IsFinite(want) ? Math.Abs(want - have[i]) <= Tolerance.Of(dtype) : want.Equals(have[i]);
                Assert.True(near, FormattableString.Invariant($"{what}, {dtype}: element {i} should be {want}, but is {have[i]}."));
            }
        }
    }

    /// <summary>Constants for x, again and again.</summary>
    private static Tensor Numbers(Variable x, params double[] numbers) =>
        Tensor.CopyOf([.. Enumerable.Range(0, numbers.Length == 1 ? 1 : x.Shape[0]).Select(i => numbers[i % numbers.Length])]).To(x.Value.DType).To(x.Value.Device).Expand(x.Shape);

    private static Tensor Class(Variable x, long number) => Tensor.CopyOf([number]).Reshape().To(x.Value.Device);

    private static Tensor Ramp(Variable x) => Tensor.CopyOf([1.0, 2, 3, 4]).To(x.Value.DType).To(x.Value.Device);
}
