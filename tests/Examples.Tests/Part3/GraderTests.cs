using MiniStack.Examples.Data;

namespace MiniStack.Tests.Part3;

/// <summary>The graders accept what is right and refuse what is nearly right.</summary>
public class GraderTests
{
    [Fact]
    public void Graders_OfRightAnswers_SayRight()
    {
        Assert.True(Grader.BroadcastShape(Broadcast)!.IsRight);
        Assert.True(Grader.StretchedStrides(Strides)!.IsRight);
        Assert.True(Grader.ReverseOrder(Order)!.IsRight);
        Assert.True(Grader.SiluTensors(() => (9, 2))!.IsRight);
    }

    [Fact]
    public void Graders_OfWrongAnswers_SayWhy()
    {
        Assert.Equal("for () and (4) you say (), and it is (4)", Grader.BroadcastShape((a, b) => a.Length == 0 ? a : Broadcast(a, b))!.Why);
        // The larger size is not the answer where one of them is empty.
        Assert.Equal("for (1, 0) and (3, 1) you say (3, 1), and it is (3, 0)",
            Grader.BroadcastShape((a, b) => [.. Broadcast(a, b).Select((size, i) => size == 0 ? 1 : size)])!.Why);
        Assert.Equal("for (4, 1, 3) as (4, 2, 3) you say (6, 3, 1), and it is (3, 0, 1)",
            Grader.StretchedStrides((_, stretched) => Strides(stretched, stretched))!.Why);
        Assert.Equal("for () (0) (0) (1, 2) node 1 comes before node 3, which uses it",
            Grader.ReverseOrder(inputs => [.. Enumerable.Range(0, inputs.Length).Select(i => (i + 1) % inputs.Length)])!.Why);
        Assert.Equal("for (3) (0, 2) (3) () node 3 comes before node 0, which uses it",
            Grader.ReverseOrder(inputs => [.. Enumerable.Range(0, inputs.Length).Reverse()])!.Why);
        Assert.Equal("for () (0) (0) (1, 2) your order does not name each node once", Grader.ReverseOrder(_ => [0])!.Why);
        Assert.False(Grader.SiluTensors(() => (8, 2))!.IsRight);
    }

    private static int[] Broadcast(int[] a, int[] b)
    {
        int[] sizes = new int[Math.Max(a.Length, b.Length)];
        for (int i = 1; i <= sizes.Length; i++)
        {
            int sizeA = i <= a.Length ? a[^i] : 1, sizeB = i <= b.Length ? b[^i] : 1;
            sizes[^i] = sizeA == 1 ? sizeB : sizeA;
        }
        return sizes;
    }

    private static long[] Strides(int[] shape, int[] stretched)
    {
        long[] strides = new long[stretched.Length];
        long stride = 1;
        for (int i = 1; i <= shape.Length; i++)
        {
            strides[^i] = shape[^i] == stretched[^i] ? stride : 0;
            stride *= shape[^i];
        }
        return strides;
    }

    /// <summary>Kahn 1962: what nobody waits for goes first.</summary>
    private static int[] Order(int[][] inputs)
    {
        int[] users = new int[inputs.Length];
        foreach (int input in inputs.SelectMany(of => of)) users[input]++;
        Queue<int> ready = new(Enumerable.Range(0, inputs.Length).Where(node => users[node] == 0));
        List<int> order = [];
        while (ready.TryDequeue(out int node))
        {
            order.Add(node);
            foreach (int input in inputs[node])
                if (--users[input] == 0) ready.Enqueue(input);
        }
        return [.. order];
    }
}
