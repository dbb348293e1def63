namespace MiniStack.Tests;

/// <summary>Scopes, owners and the pool. The pool is the process's, so these run alone.</summary>
[Collection(nameof(ProcessWide))]
public class MemoryScopeTests
{
    [Fact]
    public void Dispose_ReturnsBlocksToThePool_SecondStepAllocatesNothing()
    {
        Step();
        long fresh = CpuMemory.FreshBlocks;
        for (int i = 0; i < 10; i++) Step();
        Assert.Equal(fresh, CpuMemory.FreshBlocks);

        static void Step()
        {
            using MemoryScope scope = MemoryScope.Begin();
            Tensor x = Tensor.Ones([100, 50]);
            Tensor y = (x + x).Softmax().Transpose().Contiguous();
            Assert.Equal(100, y.Sum().Item(), 1e-3);
        }
    }

    [Fact]
    public void Dispose_EndsTensorsAndViews_KeepsWhatWasKept()
    {
        Tensor ended, view, kept, outside = Tensor.Ones([2]);
        using (MemoryScope.Begin())
        {
            ended = Tensor.Ones([2]);
            view = ended.Reshape(1, 2);
            kept = Tensor.Full([2], 3).Keep();
        }
        Assert.False(ended.IsAlive);
        Assert.False(view.IsAlive);
        Assert.Throws<MemoryScopeException>(() => view.ToArray<float>());
        Assert.Equal([3, 3], kept.ToArray<float>());
        Assert.Equal([1, 1], outside.ToArray<float>());
    }

    [Fact]
    public void Keep_InNestedScope_MovesOneScopeOut()
    {
        Tensor once, twice, persistent;
        using (MemoryScope.Begin())
        {
            using (MemoryScope.Begin())
            {
                once = Tensor.Ones([2]).Keep();
                twice = Tensor.Ones([2]).Keep().Keep();
                persistent = Tensor.Ones([2]).Persist();
            }
            Assert.True(once.IsAlive);
        }
        Assert.False(once.IsAlive);
        Assert.True(twice.IsAlive);
        Assert.True(persistent.IsAlive);
    }

    [Fact]
    public void Persistent_InsideAScope_OutlivesIt()
    {
        Tensor parameter;
        using (MemoryScope.Begin())
        using (MemoryScope.Persistent()) parameter = Tensor.Ones([2]);
        Assert.Equal([1, 1], parameter.ToArray<float>());
        Assert.Null(parameter.Storage.Scope);
    }

    [Fact]
    public void Retain_BlockWithOwners_MovesOutUntilReleased()
    {
        Tensor x;
        using (MemoryScope outer = MemoryScope.Begin())
        {
            using (MemoryScope.Begin())
            {
                x = Tensor.Ones([2]);
                x.Storage.Retain();
            }
            Assert.True(x.IsAlive);
            Assert.Same(outer, x.Storage.Scope);
            x.Storage.Release();
            Assert.False(x.IsAlive);
        }
        MemoryScopeException exception = Assert.Throws<MemoryScopeException>(() => x.Sum());
        Assert.StartsWith("The tensor of shape (2) was used after the last gradient that used it was consumed by Backward, ", exception.Message);
    }

    [Fact]
    public void StepOut_OwnsWhatItHad_AndNothingNew()
    {
        MemoryScope scope = MemoryScope.Begin();
        Tensor x = Tensor.Ones([2]);
        List<Storage> blocks = scope.StepOut();
        Assert.Null(MemoryScope.Current);
        Tensor y = Tensor.Ones([2]);
        Assert.Equal([1, 1], x.ToArray<float>());
        scope.TakeBack(blocks);
        scope.Dispose();
        Assert.False(x.IsAlive);
        Assert.True(y.IsAlive);
    }

    [Fact]
    public void Current_FollowsTheNesting()
    {
        Assert.Null(MemoryScope.Current);
        using (MemoryScope outer = MemoryScope.Begin())
        {
            using (MemoryScope inner = MemoryScope.Begin()) Assert.Same(inner, MemoryScope.Current);
            Assert.Same(outer, MemoryScope.Current);
            outer.Dispose();
            outer.Dispose();
        }
        Assert.Null(MemoryScope.Current);
    }

    [Fact]
    public void Scope_OfOneThread_DoesNotOwnAnothersTensors()
    {
        using MemoryScope scope = MemoryScope.Begin();
        Tensor? theirs = null;
        Thread other = new(() => theirs = Tensor.Ones([2]));
        other.Start();
        other.Join();
        Assert.Null(theirs!.Storage.Scope);
        Assert.Same(scope, Tensor.Ones([2]).Storage.Scope);
    }

    [Fact]
    public void Named_Scope_ExplainsItself()
    {
        Tensor x;
        using (MemoryScope.Begin("its Tape ended")) x = Tensor.Ones([3]);
        Assert.StartsWith("The tensor of shape (3) was used after its Tape ended, which", Assert.Throws<MemoryScopeException>(() => x.ToArray<float>()).Message);
    }

    [Fact]
    public void Trim_EmptiesThePool()
    {
        using (MemoryScope.Begin()) Tensor.Ones([1000]);
        Assert.True(CpuMemory.FreeBytes >= 4000);
        CpuMemory.Trim();
        Assert.Equal(0, CpuMemory.FreeBytes);
    }

    [Fact]
    public void RentedBytes_AfterManySizes_WasteAtMostAnEighth()
    {
        foreach (long bytes in (long[])[1_000, 4_097, 65_000, 1_000_001, 12_345_678])
        {
            long before = CpuMemory.RentedBytes;
            long[] block = CpuMemory.Rent(bytes);
            Assert.InRange(CpuMemory.RentedBytes - before, bytes, bytes + bytes / 8 + 128);
            CpuMemory.Return(block);
            Assert.Equal(before, CpuMemory.RentedBytes);
        }
    }
}
