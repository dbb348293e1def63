using System.Globalization;
using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>Random programs of public calls: whatever they do, they read and write inside of tensors only, and their mistakes are typed errors.</summary>
internal static class Fuzzer
{
    /// <summary>Runs programs <paramref name="first"/>, first + 1, …; says each one's number before it runs, so that the last line names the one that brought
    /// the process down. The exit code is 0 where nothing was found.</summary>
    public static int Run(int first, int count)
    {
        GuardedMemory memory = new();
        int untyped = 0;
        long calls = 0, errors = 0;
        CpuThreads.Count = 2;
        for (int seed = first; seed < first + count; seed++)
        {
            Console.Out.Write(string.Create(CultureInfo.InvariantCulture, $"\n{seed}"));
            Console.Out.Flush();
            CpuMemory.Trim();
            CpuMemory.Guard = memory;
            FuzzProgram program = new(seed);
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            using Profiler? profiler = count == 1 ? Profiler.Begin(shapes: true) : null; // where one program's time goes
            program.Run();
            foreach (OperatorProfile slow in profiler?.Operators.Take(3) ?? [])
                Console.Out.Write(string.Create(CultureInfo.InvariantCulture, $" {slow.Name} {slow.Shapes} {slow.Time.TotalMilliseconds:F0} ms"));
            TimeSpan took = System.Diagnostics.Stopwatch.GetElapsedTime(start);
            if (took.TotalSeconds > 1) Console.Out.Write(string.Create(CultureInfo.InvariantCulture, $" took {took.TotalSeconds:F1} s"));
            memory.EndProgram();
            CpuMemory.Guard = null;
            foreach (string error in program.Untyped)
            {
                untyped++;
                Console.Out.Write($" untyped: {error}");
            }
            calls += program.Calls;
            errors += program.Errors;
        }
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\nmeasured: {count} programs, {calls} calls, {errors} typed errors, {untyped} untyped, {memory.Damage} blocks written over"));
        return untyped + memory.Damage == 0 ? 0 : 1;
    }
}

/// <summary>One random program, given by its number.</summary>
internal sealed class FuzzProgram(int seed)
{
    private readonly Random _random = new(seed);

    public List<string> Untyped { get; } = [];

    public long Calls { get; private set; }

    public long Errors { get; private set; }

    public void Run()
    {
        Chooser chooser = new(_random);
        MemoryScope? scope = _random.Next(3) == 0 ? MemoryScope.Begin() : null;
        Tape? tape = _random.Next(2) == 0 ? Tape.Begin() : null;
        Statements(chooser, 4 + _random.Next(12));
        Thread? other = null;
        if (_random.Next(4) == 0)
        {
            Chooser shared = new(new Random(seed ^ 0x5EED), chooser);
            int count = 4 + _random.Next(12);
            other = new Thread(() => Statements(shared, count));
            other.Start();
        }
        Statements(chooser, _random.Next(8));
        if (tape is not null) Try(() => Differentiate(chooser, tape));
        // On this thread or on another, while the other computes or afterwards.
        bool late = _random.Next(2) == 0;
        if (late) other?.Join();
        if (tape is not null) Try(tape.Dispose);
        if (scope is not null)
        {
            if (_random.Next(4) == 0)
            {
                Thread ending = new(() => Try(scope.Dispose));
                ending.Start();
                ending.Join();
            }
            else
            {
                Try(scope.Dispose);
            }
        }
        Statements(chooser, _random.Next(4));
        other?.Join();
        while (Tape.Current is { } open) Try(open.Dispose);
        while (MemoryScope.Current is { } open) Try(open.Dispose);
    }

    private void Statements(Chooser chooser, int count)
    {
        for (int i = 0; i < count; i++) Try(() => Statement(chooser));
    }

    private static void Statement(Chooser c)
    {
        if (c.Flip(0.5)) c.Take(c.One<Func<Chooser, Tensor>>(TensorOperations.All)(c));
        else if (c.Flip(0.85)) c.Take(c.One<Func<Chooser, Variable>>(VariableOperations.All)(c));
        else c.One<Action<Chooser>>(OtherOperations.All)(c);
    }

    private void Differentiate(Chooser c, Tape tape)
    {
        for (int i = 0; i < 3; i++)
        {
            Variable y = c.V();
            if (c.Flip(0.3))
            {
                Variable x = c.V();
                Try(() => c.Take(tape.Grad([y], [x], c.Flip() ? [] : [c.VLike(y)], createGraph: c.Flip(0.3))[0]));
            }
            if (i == 2) tape.Backward(c.Flip(0.8) ? y.Sum() : y);
        }
        if (c.Parameters.Count == 0) return;
        Optimizer optimizer = c.One<Func<IEnumerable<Parameter>, Optimizer>>(OtherOperations.Optimizers)(c.Parameters.Where(_ => c.Flip(0.8)));
        foreach (Parameter parameter in c.Parameters)
            if (c.Flip(0.2)) parameter.ConvertTo(c.Float());
        optimizer.Step(0.01);
    }

    /// <summary>What a user may be told: a typed error of ours.</summary>
    private void Try(Action action)
    {
        Calls++;
        try
        {
            action();
        }
        catch (MiniStackException)
        {
            Errors++;
        }
        catch (Exception error)
        {
            IEnumerable<string> frames = (error.StackTrace ?? "").Split('\n')
                .Where(line => line.Contains("MiniStack.", StringComparison.Ordinal) && !line.Contains("MiniStack.Tests.", StringComparison.Ordinal)).Take(4)
                .Select(line => line.Trim().Split('(')[0]);
            string where = string.Join(" ", frames);
            lock (Untyped) Untyped.Add($"{error.GetType().Name}: {error.Message.ReplaceLineEndings(" ")} {where}");
        }
    }
}
