using FsCheck;
using FsCheck.Fluent;

namespace MiniStack.Tests;

/// <summary>Views against a naive model: a view is a list of (index → position in the storage), and every view rewrites it.</summary>
public class ViewTests
{
    /// <summary>One step of a chain of views: which, and two numbers that choose its arguments.</summary>
    public sealed record Step(int Kind, int First, int Second);

    [Fact]
    public void Views_AnyChain_ReadWhatTheModelReads()
    {
        Gen<Step> step =
            from kind in Gen.Choose(0, 7)
            from first in Gen.Choose(0, 1000)
            from second in Gen.Choose(0, 1000)
            select new Step(kind, first, second);
        Gen<(int[] Sizes, Step[] Steps)> chains =
            from rank in Gen.Choose(0, 4)
            from sizes in Gen.Choose(1, 5).ArrayOf(rank)
            from count in Gen.Choose(0, 6)
            from steps in step.ArrayOf(count)
            select (sizes, steps);
        Prop.ForAll(chains.ToArbitrary(), chain =>
        {
            Tensor tensor = Numbered(chain.Sizes);
            Storage storage = tensor.Storage;
            Model model = new(chain.Sizes, Enumerable.Range(0, (int)tensor.Count).ToArray());
            foreach (Step next in chain.Steps) (tensor, model) = Apply(tensor, model, next);
            Assert.Equal(model.Sizes, tensor.Shape.ToArray());
            Assert.Equal(model.Positions.Select(position => (float)position), tensor.ToArray<float>());
            Assert.Same(storage, tensor.Storage);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Write_ThroughOneView_IsSeenThroughAll()
    {
        Tensor x = Numbered([2, 3]), column = x.Select(1, 1), transposed = x.Transpose();
        column.Fill(9);
        Assert.Equal([0, 9, 2, 3, 9, 5], x.ToArray<float>());
        Assert.Equal([0, 3, 9, 9, 2, 5], transposed.ToArray<float>());
        Assert.Equal(1, x.Storage.Writes);
    }

    [Fact]
    public void Reshape_StridesCanSayIt_SharesStorage()
    {
        Tensor x = Numbered([4, 6]);
        Assert.Same(x.Storage, x.Reshape(2, 2, 3, 2).Storage);
        Assert.Same(x.Storage, x.Slice(0, 1, 2).Reshape(2, 2, 3).Storage);
        Assert.Same(x.Storage, x.Slice(1, 0, 4).Reshape(4, 2, 2).Storage);
        Assert.Same(x.Storage, x.Transpose().Reshape(2, 3, 4).Storage);
        Assert.Same(x.Storage, x.Flatten().Storage);
        Assert.Same(x, x.Reshape(4, -1));
    }

    [Fact]
    public void Reshape_StridesCannotSayIt_Copies()
    {
        Tensor x = Numbered([2, 3]), flat = x.Transpose().Reshape(-1);
        Assert.NotSame(x.Storage, flat.Storage);
        Assert.Equal([0, 3, 1, 4, 2, 5], flat.ToArray<float>());
    }

    [Fact]
    public void Reshape_AnyShapes_KeepsRowMajorOrder() => Prop.ForAll(Cases.Any, drawn =>
    {
        Tensor x = Cases.Make(drawn.Shape, DType.F32, drawn.LyingA, Holding.Ordinary, drawn.Seed);
        float[] expected = x.ToArray<float>();
        Assert.Equal(expected, x.Flatten().ToArray<float>());
        Assert.Equal(expected, x.Reshape([.. drawn.Shape.Reverse()]).ToArray<float>());
        Assert.Equal(expected, x.Unsqueeze(0).Reshape([.. drawn.Shape, 1]).ToArray<float>());
    }).Check(Config.QuickThrowOnFailure);

    [Theory]
    [InlineData(2, new[] { -1 })]
    [InlineData(0, new[] { 2, -1, 3 })]
    public void Reshape_OpenSize_TakesWhatIsLeft(int open, int[] sizes)
    {
        Tensor x = Numbered([2, 2, 3]).Reshape(sizes);
        Assert.Equal(12, x.Count);
        Assert.InRange(open, 0, 2);
    }

    [Fact]
    public void Expand_StretchedAxis_HasStrideZero()
    {
        Tensor x = Numbered([3, 1]).Expand([2, 3, 4]);
        Assert.Equal([0L, 1, 0], x.Strides.ToArray());
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2], x.Slice(0, 1, 1).ToArray<float>());
    }

    [Fact]
    public void Contiguous_RowMajorAlready_IsTheSameTensor()
    {
        Tensor x = Numbered([2, 3]);
        Assert.Same(x, x.Contiguous());
        Assert.True(x.Transpose().Contiguous().IsContiguous);
        Assert.NotSame(x.Storage, x.Clone().Storage);
    }

    [Fact]
    public void Slice_Steps_PickEveryNth()
    {
        Tensor x = Numbered([10]);
        Assert.Equal([1, 4, 7], x.Slice(0, 1, 3, step: 3).ToArray<float>());
        Assert.Equal([7], x.Slice(0, 1, 3, step: 3).Slice(-1, 2, 1).ToArray<float>());
        Assert.Empty(x.Slice(0, 10, 0).ToArray<float>());
    }

    private static Tensor Numbered(int[] sizes)
    {
        Shape shape = sizes;
        return Tensor.Arange((int)shape.Count, DType.F32).Reshape(sizes);
    }

    private static (Tensor, Model) Apply(Tensor x, Model model, Step step)
    {
        int rank = x.Rank, axis = rank == 0 ? 0 : step.First % rank, other = rank == 0 ? 0 : step.Second % rank;
        int size = rank == 0 ? 0 : x.Shape[axis];
        switch (step.Kind)
        {
            case 0 when rank > 0:
                return (x.Transpose(axis, other), model.Pick(i => Swapped(i, axis, other), Swapped(model.Sizes, axis, other)));
            case 1 when rank > 0:
                int start = step.Second % size, count = size - start;
                return (x.Slice(axis, start, count), model.Pick(i => With(i, axis, i[axis] + start), With(model.Sizes, axis, count)));
            case 2 when rank > 0:
                return (x.Slice(axis - rank, 0, (size + 1) / 2, step: 2), model.Pick(i => With(i, axis, 2 * i[axis]), With(model.Sizes, axis, (size + 1) / 2)));
            case 3 when rank > 0:
                int index = step.Second % size;
                return (x.Select(axis, index), model.Pick(i => [.. i[..axis], index, .. i[axis..]], [.. model.Sizes[..axis], .. model.Sizes[(axis + 1)..]]));
            case 4:
                int place = step.First % (rank + 1);
                return (x.Unsqueeze(place), model.Pick(i => [.. i[..place], .. i[(place + 1)..]], [.. model.Sizes[..place], 1, .. model.Sizes[place..]]));
            case 5 when rank > 0 && size == 1:
                return (x.Squeeze(axis), model.Pick(i => [.. i[..axis], 0, .. i[axis..]], [.. model.Sizes[..axis], .. model.Sizes[(axis + 1)..]]));
            case 6 when rank > 0 && size == 1:
                return (x.Expand(x.Shape.With(axis, 3)), model.Pick(i => With(i, axis, 0), With(model.Sizes, axis, 3)));
            case 7:
                int[] rotated = Enumerable.Range(0, rank).Select(i => (i + step.First) % rank).ToArray();
                return (x.Permute(rotated), model.Pick(i => Unrotated(i, rotated), rotated.Select(from => model.Sizes[from]).ToArray()));
            default:
                return (x, model);
        }
    }

    private static int[] With(int[] values, int at, int value)
    {
        int[] changed = [.. values];
        changed[at] = value;
        return changed;
    }

    private static int[] Swapped(int[] values, int a, int b)
    {
        int[] changed = [.. values];
        (changed[a], changed[b]) = (changed[b], changed[a]);
        return changed;
    }

    private static int[] Unrotated(int[] index, int[] order)
    {
        int[] source = new int[index.Length];
        for (int i = 0; i < order.Length; i++) source[order[i]] = index[i];
        return source;
    }

    /// <summary>Sizes, and for each index in row-major order the position it stands for.</summary>
    private sealed record Model(int[] Sizes, int[] Positions)
    {
        public Model Pick(Func<int[], int[]> sourceOf, int[] sizes)
        {
            int count = sizes.Aggregate(1, (product, size) => product * size);
            int[] picked = new int[count];
            for (int flat = 0; flat < count; flat++)
            {
                int[] index = new int[sizes.Length];
                for (int axis = sizes.Length - 1, rest = flat; axis >= 0; rest /= sizes[axis--]) index[axis] = rest % sizes[axis];
                int at = 0;
                int[] source = sourceOf(index);
                for (int axis = 0; axis < Sizes.Length; axis++) at = at * Sizes[axis] + source[axis];
                picked[flat] = Positions[at];
            }
            return new Model(sizes, picked);
        }
    }
}
