using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>Steps take their memory from the pool and give it back.</summary>
[Collection(nameof(ProcessWide))]
public class StepMemoryTests
{
    public static TheoryData<string> Rows => [.. OptimizerTable.All.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Step_AfterTheFirst_AllocatesNothingOfAParametersSize(string name)
    {
        Parameter matrix = new(Tensor.Ones([64, 1024])), vector = new(Tensor.Ones([65536]));
        Optimizer optimizer = OptimizerTable.ByName(name).Of([matrix, vector]);
        for (int step = 0; step < 3; step++) Step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < 4; step++) Step();
        // A parameter has 256 KiB.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 4, 0, 128 << 10);

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
            Variable loss = (matrix * matrix * matrix).Mean() + (vector * vector * vector).Mean();
            tape.Backward(loss);
            return loss.Item();
        }
    }
}
