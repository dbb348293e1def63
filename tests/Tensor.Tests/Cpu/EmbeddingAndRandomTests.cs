using static MiniStack.Tests.AgainstReference;

namespace MiniStack.Tests;

/// <summary>Table look-ups and random numbers of the CPU backend against the reference.</summary>
public class EmbeddingAndRandomTests
{
    [Fact]
    public void Embedding_AnyCase_EqualsReference() => Check(Cases.Rows, drawn =>
    {
        int channels = drawn.Shape[^1];
        foreach (DType dtype in All)
        {
            if (dtype == DType.I64 && drawn.Holding == Holding.Special) continue; // the reference moves them through F64
            Tensor table = Cases.Make([11, channels], dtype, drawn.LyingA, drawn.Holding, drawn.Seed), indices = IndicesOf(drawn);
            Compare([.. indices.Shape, channels], dtype, (backend, y) => backend.Embedding(table, indices, y), what: $"{dtype} {drawn}");
        }
    });

    [Fact]
    public void EmbeddingBackward_AnyCase_EqualsReference() => Check(Cases.Rows, drawn =>
    {
        int channels = drawn.Shape[^1];
        foreach (DType dtype in Floats)
        {
            Tensor indices = IndicesOf(drawn), dy = Cases.Make([.. indices.Shape, channels], dtype, drawn.LyingB, Holding.Ordinary, drawn.Seed);
            double scale = Math.Sqrt(indices.Count + 1);
            Compare([11, channels], dtype, (backend, y) => backend.EmbeddingBackward(indices, dy, y), 2e-6 * scale, 1e-14 * scale, $"{dtype} {drawn}");
        }
    });

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, -1L)]
    [InlineData(2, 10L)]
    [InlineData(3, long.MinValue)]
    public void FindOutside_WrongIndex_IsFoundWhereverItLies(int which, long? wrong)
    {
        foreach (int count in (int[])[1, 1023, 1025, 5000])
        {
            long[] values = new long[count];
            if (which > 0) values[^1] = wrong!.Value;
            Assert.Equal(wrong, Tested.FindOutside(Tensor.Wrap(values, [count]), 10));
            Assert.Equal(wrong, Reference.FindOutside(Tensor.Wrap(values, [count]), 10));
            if (wrong != long.MinValue) Assert.Equal(wrong, Tested.FindOutside(Tensor.Wrap(values, [count]).To(DType.I32), 10));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(16383)]
    [InlineData(16386)]
    [InlineData(40001)]
    public void Random_AnyCount_BitsOfReference(int count)
    {
        foreach (DType dtype in Floats)
        {
            foreach (ulong block in (ulong[])[0, 5, uint.MaxValue, ulong.MaxValue / 8])
            {
                Compare([count], dtype, (backend, y) => backend.Uniform(y, -2, 3, 42, block));
                Compare([count], dtype, (backend, y) => backend.Normal(y, 1, 0.02, 42, block));
                Tensor x = Cases.Make([count], dtype, Lying.Stepped, Holding.Special, 1);
                Compare([count], dtype, (backend, y) => backend.Dropout(x, y, 0.3, 42, block));
                Compare([count], dtype, (backend, y) => backend.Dropout(x.Contiguous(), y, 0, 42, block));
            }
        }
    }

    private static Tensor IndicesOf(Case drawn)
    {
        int[] values = Enumerable.Range(0, (int)drawn.Shape[..^1].Count).Select(i => (i * 7 + drawn.Seed % 5) % 11).ToArray();
        Tensor indices = Tensor.Wrap(values, drawn.Shape[..^1]);
        if (drawn.Seed % 2 == 0) indices = indices.To(DType.I64);
        return drawn.Seed % 3 == 0 && indices.Rank > 1 ? indices.Transpose() : indices;
    }
}
