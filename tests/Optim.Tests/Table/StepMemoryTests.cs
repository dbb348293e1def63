using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>Steps take their memory from the pool and give it back.</summary>
[Collection(nameof(ProcessWide))]
public class StepMemoryTests
{
    public static TheoryData<string> Rows => [.. OptimizerTable.All.Select(row => row.Name)];

    [Theory]
    [InlineData("adamw.decay")]
    [InlineData("sgd.momentum")]
    public void Step_OfAFusedKernel_AllocatesNothing(string name)
    {
        Parameter[] parameters = [.. Enumerable.Range(0, 20).Select(i => Make.Parameter(Device.Cpu, [2, 2], i, 1, 2, 3))];
        Optimizer optimizer = OptimizerTable.ByName(name).Of(parameters);
        long bytes = 0;
        for (int step = 0; step < 20; step++)
        {
            foreach (Parameter p in parameters) Make.Gradient(p, 1, 2, 3, 4);
            long before = GC.GetAllocatedBytesForCurrentThread();
            optimizer.Step();
            if (step >= 10) bytes += GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.Equal(0, bytes);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Step_AfterTheFirst_AllocatesNothingOfAParametersSize(string name)
    {
        Parameter matrix = new(Tensor.Normal([64, 1024], new Rng(1))), vector = new(Tensor.Normal([65536], new Rng(2)));
        Optimizer optimizer = OptimizerTable.ByName(name).Of([matrix, vector]);
        for (int step = 0; step < 6; step++) Step();
        long fresh = CpuMemory.FreshBlocks;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < 4; step++) Step();
        long bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / 4;
        Assert.Equal(fresh, CpuMemory.FreshBlocks);
        // A parameter has 256 KiB. L-BFGS makes small objects (measured: 610 KiB): the views of its history, several evaluations of the loss, and for
        // each of their scopes a note of the flow of control that it belongs to.
        Assert.InRange(bytes, 0, optimizer is Lbfgs ? 768 << 10 : 64 << 10);

        void Step()
        {
            if (optimizer is Lbfgs lbfgs)
            {
                lbfgs.Step(Backward);
                return;
            }
            Backward();
            optimizer.Step();
        }

        double Backward()
        {
            using Tape tape = Tape.Begin();
            Variable squares = matrix * matrix;
            Variable loss = (squares * squares).Mean() * 1000 + (vector * vector).Mean() * 1000;
            tape.Backward(loss);
            return loss.Item();
        }
    }
}
