namespace MiniStack.Tests;

/// <summary>Operations with several results, gradients that are said to be complete, and gradients in a given buffer.</summary>
public class SeveralResultsTests
{
    [Fact]
    public void Split_SomePartsUnused_HaveZerosInTheirPlace()
    {
        Parameter x = new(Tensor.Arange(6, DType.F32));
        using Tape tape = Tape.Begin();
        Variable[] parts = x.Split(2);
        tape.Backward((parts[2] * 3 + parts[0]).Sum());
        Assert.Equal([1, 1, 0, 0, 3, 3], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void Split_AnyParts_PassesGradCheckTwice() => GradCheck.RunTwice(
        inputs =>
        {
            Variable[] parts = inputs[0].Split([1, 3, 0, 2], axis: 1);
            return (parts[1] * parts[1].Exp()).Sum() + (parts[3] * parts[0]).Sum();
        },
        [Tensor.Normal([2, 6], new Rng(1), dtype: DType.F64)]);

    [Fact]
    public void Grad_OfParts_IsThatOfSlices()
    {
        Tensor value = Tensor.Normal([4, 6], new Rng(2), dtype: DType.F64);
        Variable x = Variable.Watch(value), y = Variable.Watch(value);
        using Tape tape = Tape.Begin();
        Variable[] parts = x.Split(2, axis: -1);
        Variable whole = parts[0] * parts[2], slices = y.Slice(1, 0, 2) * y.Slice(1, 4, 2);
        Variable[] gradients = tape.Grad([whole, slices], [x, y]);
        Assert.Equal(gradients[1].Value.ToArray<double>(), gradients[0].Value.ToArray<double>());
        Variable part = tape.Grad([whole.Sum()], [x], createGraph: true)[0];
        Assert.Equal(tape.Grad([tape.Grad([slices.Sum()], [y], createGraph: true)[0].Exp().Sum()], [y])[0].Value.ToArray<double>(),
            tape.Grad([part.Exp().Sum()], [x])[0].Value.ToArray<double>());
    }

    [Fact]
    public void Split_IntoSixteen_WritesNoZerosOfTheWholeSize()
    {
        const int Size = 1 << 20;
        Parameter x = new(Tensor.Ones([16, Size / 16]));
        long slices = Taken(v => [.. Enumerable.Range(0, 16).Select(i => v.Slice(0, i, 1))]), parts = Taken(v => v.Split(1));
        // The parts are read and written side by side, and copied to Grad; slices write zeros of the whole for each.
        Assert.InRange(parts, 1, 4L * Size * sizeof(float) + 4096);
        Assert.True(slices > 16L * Size * sizeof(float), $"{slices}");

        long Taken(Func<Variable, Variable[]> cut)
        {
            using Profiler profiler = Profiler.Begin();
            using Tape tape = Tape.Begin();
            Variable sum = cut(x).Select(part => part.Sum()).Aggregate((a, b) => a + b);
            long before = profiler.Operators.Sum(one => one.Bytes);
            tape.Backward(sum);
            return profiler.Operators.Sum(one => one.Bytes) - before;
        }
    }

    [Fact]
    public void Anomalies_OfOneOfSeveralResults_NameTheOperation()
    {
        Parameter x = new(Tensor.CopyOf([1f, 0f, 4f]));
        using Anomalies.Detection detection = Anomalies.Detect();
        using Tape tape = Tape.Begin();
        Variable[] parts = x.Split(1);
        Variable loss = (parts[1] * 0).Sqrt().Sum() + parts[0].Sum();
        AnomalyException error = Assert.Throws<AnomalyException>(() => tape.Backward(loss * 0));
        Assert.Contains("Sqrt", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_WithReady_SaysEachParameterOnceWhenItsGradientIsComplete()
    {
        Parameter first = new(Tensor.Ones([2, 2])) { Name = "first" }, shared = new(Tensor.Ones([2, 2])) { Name = "shared" };
        Parameter last = new(Tensor.Ones([2, 2])) { Name = "last" }, frozen = new(Tensor.Ones([2, 2]), requiresGrad: false);
        Parameter hidden = new(Tensor.Ones([2, 2])) { Name = "hidden" }, dead = new(Tensor.Ones([2, 2])) { Name = "dead" };
        List<(string, float[]?)> ready = [];
        float[][] expected = Gradients(null);
        float[][] actual = Gradients(p => ready.Add((p.Name, p.Grad?.ToArray<float>())));
        Assert.Equal(expected, actual);
        Assert.Equal(["last", "hidden", "shared", "first", "dead"], ready.Select(one => one.Item1));
        foreach ((string name, float[]? gradient) in ready)
        {
            Parameter parameter = new[] { first, shared, last, hidden, dead }.Single(one => one.Name == name);
            if (name == "dead") Assert.Null(gradient);
            else Assert.Equal(parameter.Grad!.ToArray<float>(), gradient!);
        }

        float[][] Gradients(Action<Parameter>? tell)
        {
            foreach (Parameter one in new[] { first, shared, last, hidden, dead }) one.ClearGrad();
            using Tape tape = Tape.Begin();
            _ = dead * 2;
            Variable x = Tensor.Ones([2, 2]), y = x.MatMul(first).MatMul(shared).MatMul(frozen);
            y = Variable.Checkpoint(inputs => inputs[0].MatMul(hidden).MatMul(shared), [y]);
            Variable loss = y.MatMul(last).Sum();
            if (tell is null) tape.Backward(loss);
            else tape.Backward(loss, tell);
            return [.. new[] { first, shared, last, hidden }.Select(one => one.Grad!.ToArray<float>())];
        }
    }

    [Fact]
    public void Backward_ReadyThrows_ClearsTheGradients()
    {
        Parameter a = new(Tensor.Ones([2])), b = new(Tensor.Ones([2]));
        using Tape tape = Tape.Begin();
        Variable loss = (a * b).Sum() + b.Sum();
        Assert.Throws<InvalidOperationException>(() => tape.Backward(loss, _ => throw new InvalidOperationException()));
        Assert.Null(a.Grad);
        Assert.Null(b.Grad);
    }

    [Fact]
    public void UseGrad_PartsOfOneBuffer_HoldTheGradients()
    {
        Tensor buffer = Tensor.Full([10], 7);
        Parameter a = new(Tensor.Ones([2, 3])), b = new(Tensor.Ones([4]));
        a.UseGrad(buffer.Slice(0, 0, 6).Reshape(2, 3));
        b.UseGrad(buffer.Slice(0, 6, 4));
        Assert.Null(a.Grad);
        for (int step = 1; step <= 2; step++)
        {
            using Tape tape = Tape.Begin();
            tape.Backward(((Variable)Tensor.Ones([1, 2])).MatMul(a).Sum() + (b * 3).Sum());
            float[] expected = [.. Enumerable.Repeat((float)step, 6), .. Enumerable.Repeat(3f * step, 4)];
            Assert.Equal(expected, buffer.ToArray<float>());
        }
        a.UseGrad(null);
        Assert.Null(a.Grad);

        Assert.Contains("(2, 3)", Assert.Throws<ShapeException>(() => a.UseGrad(Tensor.Ones([6]))).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => a.UseGrad(Tensor.Ones([3, 2]).Transpose()));
        Assert.Throws<DTypeException>(() => a.UseGrad(Tensor.Ones([2, 3], DType.F64)));
        Assert.Throws<DeviceException>(() => a.UseGrad(Tensor.Ones([2, 3], device: Device.Reference)));
    }
}
