using BenchmarkDotNet.Running;
using MiniStack.Benchmarks;

// quick matmul [threads…]  own timing in seconds, beside the FMA peak of the same run
// anything else            BenchmarkDotNet: --filter *MatMul*
if (args is ["quick", "matmul", .. string[] threads]) QuickMatMul.Run([.. threads.Select(int.Parse)]);
else BenchmarkSwitcher.FromAssembly(typeof(QuickMatMul).Assembly).Run(args);
