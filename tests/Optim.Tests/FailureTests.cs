using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>A step that fails leaves no traces.</summary>
public abstract class FailureTests(Device device)
{
    public static TheoryData<string> Rows => [.. OptimizerTable.All.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void ClearGradients_BetweenBackwardAndStep_ForgetsThemAndTheirFactors(string name)
    {
        Regression clean = new(device), broken = new(device);
        Optimizer first = OptimizerTable.ByName(name).Of(clean.Parameters), second = OptimizerTable.ByName(name).Of(broken.Parameters);
        for (int step = 0; step < 3; step++)
        {
            clean.Step(first);
            broken.Backward(); // and then something throws
            second.AverageGradients(4);
            second.ClipGradNorm(1e-3);
            second.ClearGradients();
            Assert.All(broken.Parameters, parameter => Assert.Null(parameter.Grad));
            broken.Step(second);
            Assert.Equal(clean.Values, broken.Values);
        }
        Assert.Equal(first.Steps, second.Steps);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-1)]
    [InlineData(double.PositiveInfinity)]
    public void Step_ARateThatMakesNoSense_ThrowsAndLeavesNothing(double rate)
    {
        Parameter p = Make.Parameter(device, [1], 1);
        AdamW optimizer = new([p]);
        Make.Gradient(p, 1);
        string message = FormattableString.Invariant($"AdamW: the learning rate of a step must be a number of at least 0, not {rate}.");
        Assert.Equal(message, Assert.Throws<ConfigException>(() => optimizer.Step(rate)).Message);
        Assert.Null(p.Grad);
        Assert.Equal(0, optimizer.Steps);
        Make.Close([1], p.Value, 0);
        Assert.Equal(
            FormattableString.Invariant($"AdamW: the learning rate must be a number of at least 0, not {rate}."),
            Assert.Throws<ConfigException>(() => optimizer.LearningRate = rate).Message);
        Lbfgs lbfgs = new([p]);
        Assert.Throws<ConfigException>(() => lbfgs.Step(() => throw new InvalidOperationException("not called"), rate));
    }

    [Fact]
    public void Step_ThatFailsInTheMiddle_IsNotCounted()
    {
        Parameter p = Make.Parameter(device, [1], 1);
        Failing optimizer = new(p);
        Make.Gradient(p, 1);
        Assert.Throws<InvalidOperationException>(() => optimizer.Step());
        Assert.Equal((0, 0), (optimizer.Steps, optimizer.Count));
        Assert.Null(p.Grad);
        optimizer.Fails = false;
        Make.Gradient(p, 1);
        optimizer.Step();
        Assert.Equal((1, 1), (optimizer.Steps, optimizer.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LbfgsStep_AClosureThatThrows_IsTakenBack(bool strongWolfe)
    {
        Regression problem = new(device), fresh = new(device);
        Lbfgs optimizer = new(problem.Parameters, 0.1, strongWolfe: strongWolfe);
        problem.Step(optimizer);
        double[][] before = problem.Values;
        int calls = 0;
        Assert.Throws<InvalidOperationException>(() => optimizer.Step(() => ++calls == 3 ? throw new InvalidOperationException("third") : problem.Backward()));
        Assert.Equal(before, problem.Values);
        Assert.Equal(1, optimizer.Steps);
        Assert.All(problem.Parameters, parameter => Assert.Null(parameter.Grad));
        // It goes on as one that begins here.
        for (int i = 0; i < before.Length; i++) fresh.Parameters[i].Value.CopyFrom(problem.Parameters[i].Value);
        Lbfgs other = new(fresh.Parameters, 0.1, strongWolfe: strongWolfe);
        problem.Step(optimizer);
        fresh.Step(other);
        Assert.Equal(fresh.Values, problem.Values);
    }

    [Theory]
    [InlineData(1, double.NaN)]
    [InlineData(2, double.NaN)]
    [InlineData(3, double.PositiveInfinity)]
    public void LbfgsStep_ALossThatIsNoNumber_IsTakenBack(int bad, double loss)
    {
        Regression problem = new(device);
        Lbfgs optimizer = new(problem.Parameters, 0.1);
        double[][] before = problem.Values;
        int calls = 0;
        double first = optimizer.Step(() => ++calls == bad ? loss : problem.Backward());
        Assert.Equal(bad == 1, !double.IsFinite(first));
        Assert.Equal(before, problem.Values);
        Assert.Equal(0, optimizer.Steps);
    }

    [Fact]
    public void LbfgsStep_ALineSearchAcrossNoNumber_EndsAtOne()
    {
        // −log(x) + x falls towards 1 and is no number below 0: the first guess, ten times too far, lands there.
        Parameter p = Make.Parameter(device, [1], 3);
        Lbfgs optimizer = new([p], learningRate: 10, maxIterations: 20, strongWolfe: true);
        for (int step = 0; step < 3; step++)
        {
            optimizer.Step(() =>
            {
                using Tape tape = Tape.Begin();
                Variable loss = (p - p.Log()).Sum();
                tape.Backward(loss);
                return loss.Item();
            });
        }
        Make.Close([1], p.Value, 1e-4); // a step ends where the loss changes by less than 1e-9, about (x − 1)²/2
    }

    private sealed class Failing(Parameter parameter) : Optimizer([parameter], 1)
    {
        public bool Fails { get; set; } = true;

        public long Count => StepsOf(0);

        public override IEnumerable<KeyValuePair<string, Tensor>> State => StepCounts;

        protected override void Update(int index, Tensor parameter, Tensor gradient, double learningRate, double gradientScale)
        {
            if (Fails) throw new InvalidOperationException("in the middle");
        }
    }
}

public sealed class CpuFailureTests() : FailureTests(Device.Cpu);

public sealed class ReferenceFailureTests() : FailureTests(Device.Reference);
