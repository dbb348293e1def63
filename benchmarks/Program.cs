using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using MiniStack.Benchmarks;

// quick matmul [threads…]  own timing in seconds, beside the FMA peak of the same run
// anything else            BenchmarkDotNet: --filter *MatMul*
if (args is ["quick", "matmul", .. string[] threads])
{
    QuickMatMul.Run([.. threads.Select(int.Parse)]);
}
else
{
    // In this process: BenchmarkDotNet 0.14 cannot generate projects for .NET 10.
    Job job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).AsDefault();
    BenchmarkSwitcher.FromAssembly(typeof(QuickMatMul).Assembly).Run(args, DefaultConfig.Instance.AddJob(job));
}
