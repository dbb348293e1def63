using System.Reflection;
using System.Reflection.Emit;
using System.Text.Json;

namespace MiniStack.Tests;

/// <summary>Every operator is measured, the sums are right, and a closed profiler costs nothing.</summary>
public sealed class ProfilerTests
{
    public static TheoryData<string> Operators =>
        [.. OperatorMethods.Select(method => method.ToString()!)];

    private static IEnumerable<MethodInfo> OperatorMethods => typeof(Backend).GetMethods().Where(method => method.IsVirtual && method.DeclaringType == typeof(Backend));

    [Fact]
    public void Operators_OfKnownSizes_HaveTheirBytesAndFlops()
    {
        Tensor a = Tensor.Ones([3, 4]), b = Tensor.Ones([4, 5]), bias = Tensor.Ones([5]);
        Tensor indices = Tensor.CopyOf([1L, 2L], [2]);
        using Profiler profiler = Profiler.Begin();
        Tensor product = a.MatMul(b);
        _ = product + bias; // stretched: its five elements are read once
        _ = product + product;
        _ = product.Softmax();
        _ = b.Embedding(indices);
        profiler.Dispose();

        OperatorProfile matMul = Find(profiler, "MatMul"), add = Find(profiler, "Add");
        Assert.Equal((1, 4 * (12 + 20 + 15), 2.0 * 3 * 5 * 4), (matMul.Calls, matMul.Bytes, matMul.Flops));
        Assert.Equal((2, 4 * (15 + 5 + 15) + 4 * 45, 30.0), (add.Calls, add.Bytes, add.Flops));
        Assert.Equal(5.0 * 15, Find(profiler, "Softmax").Flops);
        Assert.Equal((4 * 10 + 16 + 4 * 10, (double?)null), (Find(profiler, "Embedding").Bytes, Find(profiler, "Embedding").Flops));
        Assert.Equal(120.0 / 188, matMul.Intensity!.Value, 1e-12);
    }

    [Fact]
    public void Times_OfOperators_AddUpWithinTheWall()
    {
        Tensor a = Tensor.Ones([64, 64]);
        using Profiler profiler = Profiler.Begin();
        for (int i = 0; i < 20; i++) _ = a.MatMul(a).Gelu().Sum();
        profiler.Dispose();
        Assert.Equal(60, profiler.EventCount);
        TimeSpan sum = profiler.Operators.Aggregate(TimeSpan.Zero, (total, one) => total + one.Time);
        Assert.InRange((sum - profiler.OperatorTime).TotalMicroseconds, -1, 1);
        Assert.InRange(sum, TimeSpan.FromTicks(1), profiler.Elapsed);
        Assert.Equal(profiler.Operators.Select(one => one.Time).OrderDescending(), profiler.Operators.Select(one => one.Time));
        TimeSpan frozen = profiler.Elapsed;
        Thread.Sleep(2);
        Assert.Equal(frozen, profiler.Elapsed);
    }

    [Fact]
    public void Sections_ThatNest_HoldTheirOperators()
    {
        Tensor x = Tensor.Ones([8]);
        using Profiler profiler = Profiler.Begin();
        for (int i = 0; i < 2; i++)
        {
            using (Profiler.Section("outer"))
            {
                _ = x + x;
                using (Profiler.Section("inner")) _ = x * x;
                using (Profiler.Section("idle")) { }
            }
        }
        using (Profiler.Section("inner")) { }
        ProfilerSection forgotten = Profiler.Section("forgotten");
        profiler.Dispose();
        forgotten.Dispose(); // late: nothing happens

        Assert.Equal([("outer", 0, 2), ("inner", 1, 2), ("idle", 1, 2), ("inner", 0, 1), ("forgotten", 0, 1)],
            profiler.Sections.Select(section => (section.Name, section.Depth, (int)section.Calls)));
        SectionProfile outer = profiler.Sections[0], inner = profiler.Sections[1];
        Assert.InRange(inner.Time, inner.OperatorTime, outer.Time);
        Assert.Equal(Find(profiler, "Multiply").Time, inner.OperatorTime);
        Assert.InRange((outer.OperatorTime - profiler.OperatorTime).Ticks, -1, 1);
        Assert.Equal(TimeSpan.Zero, profiler.Sections[2].OperatorTime);
        Assert.Equal(TimeSpan.Zero, profiler.Sections[3].OperatorTime);
    }

    [Fact]
    public void Trace_IsJson_WhoseEventsNestAndCarryTheSums()
    {
        Tensor x = Tensor.Ones([4, 4]);
        using Profiler profiler = Profiler.Begin(shapes: true);
        using (Profiler.Section("say \"hi\"")) _ = x.MatMul(x);
        _ = x.Contiguous().Clone();
        profiler.Dispose();
        using MemoryStream stream = new();
        profiler.WriteChromeTrace(stream);

        using JsonDocument json = JsonDocument.Parse(stream.ToArray());
        JsonElement[] events = [.. json.RootElement.GetProperty("traceEvents").EnumerateArray()];
        Assert.Equal(["MatMul", "say \"hi\"", "Copy"], events.Select(one => one.GetProperty("name").GetString()));
        Assert.All(events, one => Assert.Equal("X", one.GetProperty("ph").GetString()));
        Assert.Equal((192, 128), (Argument(0, "bytes").GetInt64(), Argument(0, "flops").GetInt64()));
        Assert.Equal("(4, 4) (4, 4) (4, 4)", Argument(0, "shapes").GetString());
        Assert.False(events[2].GetProperty("args").TryGetProperty("flops", out _));
        (double Start, double End) section = Span(events[1]), product = Span(events[0]);
        Assert.True(section.Start <= product.Start && product.End <= section.End);
        Assert.True(Span(events[2]).Start >= section.End - 1e-3);

        JsonElement Argument(int index, string name) => events[index].GetProperty("args").GetProperty(name);
        static (double Start, double End) Span(JsonElement one) =>
            (one.GetProperty("ts").GetDouble(), one.GetProperty("ts").GetDouble() + one.GetProperty("dur").GetDouble() + 1e-3);
    }

    [Fact]
    public void Table_ShowsOperatorsSectionsAndWhatLiesOutside()
    {
        using Profiler profiler = Profiler.Begin(shapes: true, maxEvents: 1);
        using (Profiler.Section("part"))
        {
            _ = Tensor.Ones([2, 3]).Exp();
            _ = Tensor.Ones([5]).Exp();
        }
        profiler.Dispose();
        string table = profiler.Table();
        foreach (string start in new[] { "operator  ", "Exp (2, 3) (2, 3)  ", "Exp (5) (5)  ", "all operators  ", "outside operators  ", "wall  ", "section  ", "part  " })
            Assert.Contains('\n' + start, '\n' + table);
        Assert.Contains("The trace holds the first 1 of 5 events; the sums hold all.", table);
        Assert.DoesNotContain(",", table.Split('\n').Single(line => line.StartsWith("wall", StringComparison.Ordinal)));
    }

    [Fact]
    public void Closed_OperatorsAndSections_AllocateNothingAndGoStraightToTheBackend()
    {
        Assert.Null(Profiler.Current);
        Assert.IsType<CpuBackend>(Device.Cpu.Backend);
        Use();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Use();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        static void Use()
        {
            using ProfilerSection section = Profiler.Section("nothing");
            GC.KeepAlive(Device.Cpu.Backend);
        }
    }

    [Fact]
    public void Session_OfOneThread_DoesNotSeeAnothers()
    {
        using Profiler profiler = Profiler.Begin();
        Thread other = new(() => _ = Tensor.Ones([2]).Exp());
        other.Start();
        other.Join();
        Assert.Equal(0, profiler.EventCount);

        Thread ending = new(profiler.Dispose);
        ending.Start();
        ending.Join();
        Assert.Null(Profiler.Current);
        using (Profiler.Begin()) Assert.NotNull(Profiler.Current);
    }

    [Fact]
    public void Begin_Twice_SaysWhatToDo()
    {
        using (Profiler profiler = Profiler.Begin())
        {
            Assert.Same(profiler, Profiler.Current);
            Assert.Equal("Profiler.Begin: a session of this thread is open. Dispose it first (`using Profiler profiler = Profiler.Begin();`).",
                Assert.Throws<ConfigException>(() => Profiler.Begin()).Message);
        }
        Assert.Null(Profiler.Current);
        Assert.Equal("Profiler.Begin: maxEvents must be at least 0, not -1.", Assert.Throws<ConfigException>(() => Profiler.Begin(maxEvents: -1)).Message);
    }

    /// <summary>A line copied from the operator above it would measure one and compute another: read what was compiled.</summary>
    [Theory]
    [MemberData(nameof(Operators))]
    public void ProfilingBackend_EachOperator_CallsItselfWithItsOwnArguments(string signature)
    {
        MethodInfo measured = OperatorMethods.Single(one => one.ToString() == signature);
        MethodInfo method = Assert.Single(
            typeof(ProfilingBackend).GetMethods(), own => own.DeclaringType == typeof(ProfilingBackend) && own.GetBaseDefinition() == measured);
        byte[] code = method.GetMethodBody()!.GetILAsByteArray()!;
        byte[] arguments = [.. Enumerable.Range(1, method.GetParameters().Length).SelectMany(LoadArgument)];
        int[] calls =
        [
            .. Enumerable.Range(0, code.Length - 4).Where(at => code[at] == OpCodes.Callvirt.Value &&
                Try(() => Resolve(BitConverter.ToInt32(code, at + 1))) is { } called && called.DeclaringType == typeof(Backend)),
        ];
        int call = Assert.Single(calls);
        MethodBase inner = Resolve(BitConverter.ToInt32(code, call + 1));
        Assert.Equal(measured, inner is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericMethodDefinition() : inner);
        Assert.Equal(arguments, code[(call - arguments.Length)..call]);

        MethodBase Resolve(int token) => method.Module.ResolveMethod(token, null, method.IsGenericMethod ? method.GetGenericArguments() : null)!;

        static byte[] LoadArgument(int index) =>
            index < 4 ? [(byte)(OpCodes.Ldarg_0.Value + index)] : [(byte)OpCodes.Ldarg_S.Value, (byte)index];

        static MethodBase? Try(Func<MethodBase?> resolve)
        {
            try
            {
                return resolve();
            }
            catch (ArgumentException)
            {
                return null; // not a method's number: the byte before it was no instruction
            }
        }
    }

    private static OperatorProfile Find(Profiler profiler, string name) => profiler.Operators.Single(one => one.Name == name);
}
