namespace MiniStack.Tests;

/// <summary>Scopes under the habits of a server: await, other threads, exceptions.</summary>
[Collection(nameof(ProcessWide))]
public class ScopeFlowTests
{
    [Fact]
    public async Task Scope_AwaitInside_EndsOnAnyThreadAndLeavesNoneBehind()
    {
        Tensor[] made = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => Handle(i))));
        Assert.All(made, tensor => Assert.False(tensor.IsAlive));
        // Every thread of the pool is usable: what is made on it now belongs to no scope.
        bool[] free = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => MemoryScope.Current is null && Tensor.Ones([2]).Storage.Scope is null)));
        Assert.All(free, Assert.True);

        static async Task<Tensor> Handle(int i)
        {
            using MemoryScope scope = MemoryScope.Begin();
            Tensor before = Tensor.Full([8], i);
            await Task.Delay(i % 3);
            await Task.Yield();
            Tensor after = before + 1;
            Assert.Equal(8.0 * (i + 1), after.Sum().Item());
            return before;
        }
    }

    [Fact]
    public async Task Scope_AfterAwait_OwnsNoTensorOfAnotherFlow()
    {
        TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously), second = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task handler = Handle();
        await first.Task;
        Tensor others = Tensor.Ones([3]); // on whatever thread: the handler's scope waits, and is not ours
        Assert.Null(others.Storage.Scope);
        second.SetResult();
        await handler;
        Assert.Equal([1, 1, 1], others.ToArray<float>());

        async Task Handle()
        {
            using MemoryScope scope = MemoryScope.Begin();
            _ = Tensor.Ones([2]);
            first.SetResult();
            await second.Task;
        }
    }

    [Fact]
    public void Scope_InterruptedByAnotherFlowOnItsThread_GoesOn()
    {
        using MemoryScope scope = MemoryScope.Begin();
        ExecutionContext empty = EmptyContext();
        ExecutionContext.Run(empty, _ => Assert.Null(MemoryScope.Current), null);
        Assert.Same(scope, MemoryScope.Current);
        Assert.Same(scope, Tensor.Ones([2]).Storage.Scope);

        static ExecutionContext EmptyContext()
        {
            ExecutionContext? context = null;
            Thread thread = new(() => context = ExecutionContext.Capture());
            thread.UnsafeStart();
            thread.Join();
            return context!;
        }
    }

    [Fact]
    public void Dispose_OnAnotherThread_EndsTheScopeForItsOwn()
    {
        MemoryScope scope = MemoryScope.Begin();
        Tensor x = Tensor.Ones([2]);
        OnAnotherThread(scope.Dispose);
        Assert.False(x.IsAlive);
        Assert.Null(MemoryScope.Current);
        Assert.Null(Tensor.Ones([2]).Storage.Scope);
        scope.Dispose();
    }

    [Fact]
    public void Dispose_WithInnerScopesOpen_EndsThemTooAndSaysSo()
    {
        MemoryScope outer = MemoryScope.Begin(), middle = MemoryScope.Begin();
        Tensor inMiddle = Tensor.Ones([2]);
        MemoryScope inner = MemoryScope.Begin();
        Tensor inInner = Tensor.Ones([2]);
        Assert.Throws<MemoryScopeException>(outer.Dispose);
        Assert.False(inMiddle.IsAlive);
        Assert.False(inInner.IsAlive);
        Assert.Null(MemoryScope.Current);
        inner.Dispose();
        middle.Dispose();
        Assert.Null(MemoryScope.Current);
    }

    [Fact]
    public void Keep_FromManyThreads_KeepsEveryTensor()
    {
        List<Tensor> all = [];
        for (int round = 0; round < 50; round++)
        {
            using MemoryScope outer = MemoryScope.Begin();
            using (MemoryScope.Begin())
            {
                Tensor[] tensors = [.. Enumerable.Range(0, 64).Select(i => Tensor.Full([4], i))];
                Parallel.ForEach(tensors, tensor => tensor.Keep());
                all.AddRange(tensors);
            }
            foreach (Tensor tensor in all.TakeLast(64)) Assert.True(tensor.IsAlive);
        }
    }

    [Fact]
    public void Dispose_WhileAnotherThreadComputes_ThrowsThereOrGivesTheRightResult()
    {
        int right = 0, refused = 0;
        for (int round = 0; round < 200; round++)
        {
            MemoryScope scope = MemoryScope.Begin();
            Tensor a = Tensor.Full([64, 64], 2), b = Tensor.Full([64, 64], 3);
            using Barrier start = new(2);
            Thread other = new(() =>
            {
                start.SignalAndWait();
                for (int i = 0; i < 20; i++)
                {
                    try
                    {
                        Assert.All(a.MatMul(b).ToArray<float>(), element => Assert.Equal(64 * 6, element));
                        right++;
                    }
                    catch (MemoryScopeException)
                    {
                        refused++;
                    }
                }
            });
            other.Start();
            start.SignalAndWait();
            Thread.SpinWait(round * 50);
            scope.Dispose();
            // What the pool gives out now must be nobody else's.
            using (MemoryScope.Begin())
                for (int i = 0; i < 8; i++) Assert.Equal(7.0 * 64 * 64, Tensor.Full([64, 64], 7).Sum().Item());
            other.Join();
        }
        Assert.True(right > 0 && refused > 0, $"{right} products right, {refused} refused: one of the two ways was not tried.");
    }

    [Fact]
    public void Span_OutlivingItsScope_NeverShowsAnotherTensor()
    {
        Tensor x, y;
        Span<float> written;
        ReadOnlySpan<float> read;
        using (MemoryScope.Begin())
        {
            x = Tensor.Full([1000], 1);
            y = Tensor.Full([1000], 2);
            written = x.AsSpan<float>();
            read = y.AsReadOnlySpan<float>();
        }
        using MemoryScope scope = MemoryScope.Begin();
        Tensor[] next = [Tensor.Full([1000], 3), Tensor.Full([1000], 3), Tensor.Full([1000], 3)];
        written.Fill(5);
        Assert.All(next, tensor => Assert.Equal(3000, tensor.Sum().Item()));
        Assert.Equal(2, read[999]);
    }

    [Fact]
    public void Storage_SpanOutsideTheBlock_Throws()
    {
        CpuStorage storage = (CpuStorage)Tensor.Ones([10]).Storage;
        foreach ((long offset, long count) in (ReadOnlySpan<(long, long)>)[(0, 11), (10, 1), (-1, 1), (0, -1), (long.MaxValue, 1), (1, long.MaxValue)])
            Assert.Throws<ArgumentOutOfRangeException>(() => storage.Span<float>(offset, count).Length);
        Assert.Equal(10, storage.Span<float>(0, 10).Length);
        Assert.Equal(5, storage.Span<double>(0, 5).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => storage.Span<double>(0, 6).Length);
        Assert.Equal(0, storage.Span<float>(11, 0).Length); // a view without elements may begin anywhere
    }

    [Fact]
    public void Run_KeepsItsResultAndEndsTheRest()
    {
        Tensor? dropped = null;
        Tensor kept = MemoryScope.Run(() => (dropped = Tensor.Ones([2])) + 1);
        (Tensor, int, Tensor[]) several = MemoryScope.Run(() => (Tensor.Ones([1]), 3, new[] { Tensor.Ones([2]), Tensor.Ones([3]) }));
        Assert.Equal([2, 2], kept.ToArray<float>());
        Assert.False(dropped!.IsAlive);
        Assert.True(several.Item1.IsAlive && several.Item3[0].IsAlive && several.Item3[1].IsAlive);
        Assert.Throws<InvalidOperationException>(() => MemoryScope.Run(() => Fail()));
        Assert.Null(MemoryScope.Current);

        static int Fail() => throw new InvalidOperationException();
        MemoryScopeException error = Assert.Throws<MemoryScopeException>(() => MemoryScope.Run<object>(() => Task.CompletedTask));
        Assert.Equal("Nothing may await inside a MemoryScope: the rest would run on another thread. Compute inside Run, and await outside of it.", error.Message);
        Assert.StartsWith("MemoryScope.Run: the result is a sequence", Assert.Throws<MemoryScopeException>(() => MemoryScope.Run(() => Enumerable.Range(0, 2).Select(i => Tensor.Ones([i])))).Message);
    }

    [Fact]
    public void Pool_OfSizesThatNobodyNeedsAnyMore_LetsThemGo()
    {
        CpuMemory.Trim();
        Step(1_000_000);
        long both = CpuMemory.FreeBytes;
        for (int i = 0; i < 600; i++) Step(700_000);
        Assert.InRange(CpuMemory.FreeBytes, 1, both);
        Assert.True(CpuMemory.FreeBytes < 2 * 3_200_000, $"{CpuMemory.FreeBytes} bytes wait in the pool, of which one step needs 5.6 million.");
        long fresh = CpuMemory.FreshBlocks;
        for (int i = 0; i < 600; i++) Step(700_000);
        Assert.Equal(fresh, CpuMemory.FreshBlocks);

        // A larger model now: what the smaller one left goes within a few steps, although the pool was quiet for long.
        for (int i = 0; i < 60; i++) Step(9_000_000);
        Assert.True(CpuMemory.FreeBytes < 82_000_000, $"{CpuMemory.FreeBytes} bytes wait in the pool, of which one step needs 72 million.");

        static void Step(int count)
        {
            using MemoryScope scope = MemoryScope.Begin();
            _ = Tensor.Ones([count]) + 1;
        }
    }

    private static void OnAnotherThread(Action action)
    {
        Thread thread = new(() => action());
        thread.Start();
        thread.Join();
    }
}
