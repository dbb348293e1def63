using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>A parameter that is no longer what an optimizer's state was made for is an error before anything is written, for every row.</summary>
public abstract class FitTests(Device device)
{
    public static TheoryData<string> Rows => [.. OptimizerTable.All.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Step_AParameterThatWasConverted_ThrowsAndChangesNothing(string name)
    {
        Regression problem = new(device, DType.F32);
        Optimizer optimizer = OptimizerTable.ByName(name).Of(problem.Parameters);
        problem.Step(optimizer);
        foreach (Parameter parameter in problem.Parameters) parameter.ConvertTo(DType.F64);
        byte[][] state = Bytes(optimizer);
        double[][] values = problem.Values;
        DTypeException error = Assert.Throws<DTypeException>(() => Walk(problem.Parameters, optimizer));
        Assert.Equal(
            $"{optimizer.GetType().Name}: the parameter 'weight' was F32 when the optimizer was made, and is F64 now. Convert the model first, then make the optimizer.",
            error.Message);
        Assert.Equal(values, problem.Values);
        Assert.Equal(state, Bytes(optimizer));
        Assert.Equal(1, optimizer.Steps);
        Assert.All(problem.Parameters, parameter => Assert.Null(parameter.Grad));
        // Converted back, it goes on.
        foreach (Parameter parameter in problem.Parameters) parameter.ConvertTo(DType.F32);
        problem.Step(optimizer);
        Assert.Equal(2, optimizer.Steps);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Step_AParameterThatWasMoved_Throws(string name)
    {
        Device other = device == Device.Cpu ? Device.Reference : Device.Cpu;
        Parameter[] parameters = [Make.Parameter(device, [2, 2], 1, 2, 3, 4)];
        parameters[0].Name = "weight";
        Optimizer optimizer = OptimizerTable.ByName(name).Of(parameters);
        parameters[0].MoveTo(other);
        DeviceException error = Assert.Throws<DeviceException>(() => Walk(parameters, optimizer));
        Assert.Contains($"the parameter 'weight' lay on {device} when the optimizer was made, and lies on {other} now. Move the model first", error.Message);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void LoadState_OfAnotherFloatType_IsConverted_AndOfAnotherKindThrows(string name)
    {
        OptimizerRow row = OptimizerTable.ByName(name);
        Regression wide = new(device), narrow = new(device, DType.F32);
        Optimizer first = row.Of(wide.Parameters), second = row.Of(narrow.Parameters);
        for (int step = 0; step < 2; step++) wide.Step(first);
        second.LoadState(first.State.ToDictionary(pair => pair.Key, pair => pair.Value), first.Steps);
        Dictionary<string, Tensor> live = second.State.ToDictionary();
        Assert.All(first.State, pair => Assert.Equal(
            pair.Value.To(live[pair.Key].DType).To(DType.F64).ToArray<double>(), live[pair.Key].To(DType.F64).ToArray<double>()));
        narrow.Step(second);
        if (!live.Any()) return; // plain SGD has no state
        Dictionary<string, Tensor> wrong = first.State.ToDictionary(pair => pair.Key, pair => pair.Value.To(DType.I64));
        string message = Assert.Throws<CheckpointException>(() => second.LoadState(wrong, 2)).Message;
        Assert.Matches("^The optimizer's state '.*' is I64 instead of F(32|64). It was saved with another optimizer or model.$", message);
    }

    [Fact]
    public void LoadState_OfItsOwnTensorsUnderOtherNames_TakesWhatTheyHeld()
    {
        Parameter p = Make.Parameter(device, [2], 1, 2);
        AdamW optimizer = new([p]);
        Make.Gradient(p, 3, 4);
        optimizer.Step();
        Dictionary<string, Tensor> live = optimizer.State.ToDictionary();
        double[] m = live["0.m"].ToArray<double>(), v = live["0.v"].ToArray<double>();
        optimizer.LoadState(new Dictionary<string, Tensor> { ["0.m"] = live["0.v"], ["0.v"] = live["0.m"] }, 1);
        Assert.Equal(v, live["0.m"].ToArray<double>());
        Assert.Equal(m, live["0.v"].ToArray<double>());
    }

    [Fact]
    public void LoadState_OfAHistoryThatCannotBe_Throws()
    {
        Lbfgs optimizer = new([Make.Parameter(device, [1], 1)], historySize: 3);
        Dictionary<string, Tensor> state = optimizer.State.ToDictionary(pair => pair.Key, pair => pair.Value.Clone());
        state["lbfgs.numbers"] = Tensor.CopyOf([1.0, 7, 0, 0, 1]);
        Assert.Equal(
            "The optimizer's state 'lbfgs.numbers' has 7 changes from 0 on in a history of 3. It was saved with another optimizer or model.",
            Assert.Throws<CheckpointException>(() => optimizer.LoadState(state, 1)).Message);
    }

    [Fact]
    public void State_OfParametersWithOneName_HasNamesOfItsOwn()
    {
        Parameter a = Make.Parameter(device, [1], 1), b = Make.Parameter(device, [1], 1);
        (a.Name, b.Name) = ("weight", "weight");
        Assert.Equal(["weight.velocity", "weight#1.velocity"], new Sgd([a, b], 1, momentum: 0.5).State.Select(pair => pair.Key));
    }

    [Fact]
    public void Average_OfAParameterThatWasConverted_Throws()
    {
        Parameter p = Make.Parameter(device, [1], 1);
        ExponentialMovingAverage average = new([p]);
        p.ConvertTo(DType.F32);
        const string Message = "ExponentialMovingAverage: the parameter '0' was F64 when the average was made, and is F32 now. Convert the model first, then make the average.";
        Assert.Equal(Message, Assert.Throws<DTypeException>(average.Update).Message);
        Assert.Equal(Message, Assert.Throws<DTypeException>(average.Swap).Message);
        Assert.Equal(0, average.Updates);
    }

    [Fact]
    public void LoadState_OfAnAverageAndAScaler_OfAnotherShapeOrKind_ThrowsAndChangesNothing()
    {
        ExponentialMovingAverage average = new([Make.Parameter(device, [1], 1)]);
        Dictionary<string, Tensor> state = average.State.ToDictionary(pair => pair.Key, pair => pair.Value.Clone());
        state["0.average"] = Tensor.Zeros([2], DType.F64);
        Assert.Contains("'0.average' is (2), the model wants (1)", Assert.Throws<CheckpointException>(() => average.LoadState(state)).Message);
        state["0.average"] = Tensor.Zeros([1], DType.Bool);
        Assert.Contains("'0.average' is Bool instead of F64.", Assert.Throws<CheckpointException>(() => average.LoadState(state)).Message);
        LossScaler scaler = new();
        Assert.Contains("is I32 instead of F64", Assert.Throws<CheckpointException>(
            () => scaler.LoadState(new Dictionary<string, Tensor> { ["scaler.numbers"] = Tensor.Zeros([2], DType.I32) })).Message);
        Assert.Equal(65536, scaler.Scale);
    }

    private static void Walk(Parameter[] parameters, Optimizer optimizer)
    {
        if (optimizer is Lbfgs lbfgs) lbfgs.Step(Backward);
        else
        {
            Backward();
            optimizer.Step();
        }

        double Backward()
        {
            using Tape tape = Tape.Begin();
            Variable loss = parameters.Select(p => (p * p).Sum()).Aggregate((a, b) => a + b);
            tape.Backward(loss);
            return loss.Item();
        }
    }

    private static byte[][] Bytes(Optimizer optimizer) =>
        [.. optimizer.State.Select(pair => pair.Value.To(DType.F64).ToArray<double>().SelectMany(BitConverter.GetBytes).ToArray())];
}

public sealed class CpuFitTests() : FitTests(Device.Cpu);

public sealed class ReferenceFitTests() : FitTests(Device.Reference);
