using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using MiniStack.Benchmarks;
using MiniStack.Benchmarks.Gpu;
using MiniStack.Benchmarks.Peers;

// peers                    beside PyTorch, in turns; see peers --help
// gpu                      a GPU, beside PyTorch where there is one; see gpu --help
// quick matmul [threads…] [names…]  own timing in seconds, beside the FMA peak of the same run; names choose shapes
// quick pool [threads…]    an empty fork-join of the kernels' threads, beside those of .NET
// step-memory SHAPE N      one training step's memory, for peers: in a process of its own
// anything else            BenchmarkDotNet: --filter *MatMul*
switch (args)
{
    case ["peers", ..]:
        return PeersCommand.Create().Parse(args[1..]).Invoke();
    case ["gpu", ..]:
        return GpuCommand.Run(args[1..]);
    case ["quick", "matmul", .. string[] rest]:
        QuickMatMul.Run([.. rest.Where(IsCount).Select(int.Parse)], [.. rest.Where(word => !IsCount(word))]);
        return 0;
    case ["quick", "pool", .. string[] counts]:
        QuickPool.Run([.. counts.Select(int.Parse)]);
        return 0;
    case ["step-memory", string shape, string count]:
        StepWork.PrintMemory(shape, int.Parse(count, CultureInfo.InvariantCulture));
        return 0;
    default:
        // In this process: BenchmarkDotNet 0.14 cannot generate projects for .NET 10.
        Job job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).AsDefault();
        BenchmarkSwitcher.FromAssembly(typeof(QuickMatMul).Assembly).Run(args, DefaultConfig.Instance.AddJob(job));
        return 0;
}

static bool IsCount(string word) => int.TryParse(word, CultureInfo.InvariantCulture, out _);
