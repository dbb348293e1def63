using MiniStack.Optim;
using MiniStack.Tests;

namespace MiniStack.Cuda.Tests;

/// <summary>Every row of the optimizers' table on the device.</summary>
public class OptimizerTraceTests
{
    public static TheoryData<string> Rows => [.. OptimizerTable.All.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Step_TenTimes_FollowsTheGoldenTrace(string name)
    {
        OptimizerRow row = OptimizerTable.ByName(name);
        Regression problem = new(DeviceUnderTest.Device, DType.F32);
        Optimizer optimizer = row.Of(problem.Parameters);
        for (int step = 0; step < 10; step++)
        {
            problem.Step(optimizer);
            foreach (Parameter parameter in problem.Parameters)
            {
                Tensor golden = Regression.Golden[$"{row.Golden}/{parameter.Name}"].Select(0, step);
                Assert.InRange(GoldenFile.Difference(golden, parameter.Value), 0, row.Tolerance);
            }
        }
    }
}
