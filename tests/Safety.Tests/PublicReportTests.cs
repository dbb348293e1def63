using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>Reports of faults in other frameworks, tried here: each names the report, and its right value is worked out by hand.</summary>
public class PublicReportTests
{
    private const float Nan = float.NaN;

    /// <summary>pytorch/pytorch 116349, 70348, 75181: the mean over no target at all is NaN, there and here; its gradient is 0, so that nothing is trained to NaN.</summary>
    [Fact]
    public void CrossEntropy_AllTargetsIgnored_GivesNoGradient()
    {
        Parameter logits = new(Tensor.CopyOf([1f, 2f, 3f, 4f], [2, 2]));
        using Tape tape = Tape.Begin();
        Variable loss = logits.CrossEntropy(Tensor.CopyOf([-1L, -1L]), new CrossEntropyOptions { IgnoreIndex = -1 });
        Assert.Equal(double.NaN, loss.Item());
        tape.Backward(loss);
        Assert.Equal([0f, 0f, 0f, 0f], logits.Grad!.ToArray<float>());
    }

    /// <summary>pytorch/pytorch 15508: an ignored target beyond the classes was an error without a reduction.</summary>
    [Theory]
    [InlineData(Reduction.None)]
    [InlineData(Reduction.Sum)]
    [InlineData(Reduction.Mean)]
    public void CrossEntropy_IgnoredTargetBeyondTheClasses_IsIgnored(Reduction reduction)
    {
        Parameter logits = new(Tensor.Zeros([3, 2]));
        using Tape tape = Tape.Begin();
        Variable loss = logits.CrossEntropy(Tensor.CopyOf([0L, 255L, 1L]), new CrossEntropyOptions { IgnoreIndex = 255, Reduction = reduction });
        Assert.Equal(reduction == Reduction.Mean ? Math.Log(2) : 2 * Math.Log(2), loss.Sum().Item(), 1e-6);
        tape.Backward(loss.Sum());
        Assert.Equal([0f, 0f], logits.Grad!.Slice(0, 1, 1).ToArray<float>());
    }

    /// <summary>pytorch/pytorch 12670: a negative target that is not the ignored one went through unseen.</summary>
    [Fact]
    public void CrossEntropy_NegativeTarget_IsAnError() =>
        Assert.ThrowsAny<MiniStackException>(() => new Variable(Tensor.Zeros([3, 5])).CrossEntropy(Tensor.CopyOf([0L, -4L, 1L]), new CrossEntropyOptions { IgnoreIndex = -1 }));

    /// <summary>pytorch/pytorch 5112: the gradient of a transposed convolution with dilation and output padding ended the process.</summary>
    [Fact]
    public void ConvTranspose_DilationAndOutputPadding_HasItsGradient()
    {
        Parameter x = new(Tensor.Ones([1, 4, 1, 1])), weight = new(Tensor.Ones([4, 1, 3, 3]));
        using Tape tape = Tape.Begin();
        Variable y = x.ConvTranspose2d(weight, outputPadding: 1, dilation: 2);
        Assert.Equal([1, 1, 6, 6], y.Shape.ToArray());
        tape.Backward(y.Sum());
        Assert.Equal(36, y.Sum().Item());
        Assert.All(x.Grad!.ToArray<float>(), gradient => Assert.Equal(9, gradient));
        Assert.All(weight.Grad!.ToArray<float>(), gradient => Assert.Equal(1, gradient));
    }

    /// <summary>huggingface/candle 2337: stride and dilation were exchanged in the gradient.</summary>
    [Fact]
    public void ConvTranspose_StrideTwo_HasItsGradient()
    {
        Parameter x = new(Tensor.CopyOf([1f, 2f], [1, 1, 2])), weight = new(Tensor.CopyOf([3f, 4f], [1, 1, 2]));
        using Tape tape = Tape.Begin();
        Variable y = x.ConvTranspose1d(weight, stride: 2);
        Assert.Equal([3f, 4f, 6f, 8f], y.Value.ToArray<float>());
        tape.Backward((y * Tensor.CopyOf([1f, 10f, 100f, 1000f], [1, 1, 4])).Sum());
        Assert.Equal([43f, 4300f], x.Grad!.ToArray<float>());
        Assert.Equal([201f, 2010f], weight.Grad!.ToArray<float>());
    }

    /// <summary>tensorflow/tensorflow 117287 and tenstorrent/tt-metal 56626: where a NaN stood, or its sign, decided whether it was among the largest.</summary>
    [Fact]
    public void TopK_WithNan_DoesNotDependOnItsPlaceOrSign()
    {
        float negativeNan = BitConverter.Int32BitsToSingle(unchecked((int)0xFFC00000));
        foreach (float nan in (float[])[Nan, negativeNan])
        {
            foreach (DType dtype in (DType[])[DType.F32, DType.F64, DType.F16, DType.BF16])
            {
                for (int place = 0; place < 4; place++)
                {
                    List<float> row = [1, 2, 3];
                    row.Insert(place, nan);
                    (Tensor values, Tensor indices) = Tensor.CopyOf(row.ToArray()).To(dtype).TopK(3);
                    Assert.Equal([Nan, 3, 2], values.To(DType.F32).ToArray<float>());
                    Assert.Equal(place, indices.ToArray<long>()[0]);
                    Assert.Equal([1f, 2f, 3f, Nan], Tensor.CopyOf(row.ToArray()).To(dtype).Sort().Item1.To(DType.F32).ToArray<float>());
                }
            }
        }
    }

    /// <summary>intel/torch-xpu-ops 4839: a row of NaN among many gave indices of −1.</summary>
    [Fact]
    public void TopK_RowOfNanAmongMany_GivesIndicesThatExist()
    {
        Tensor x = Tensor.Normal([600, 32], new Rng(1), dtype: DType.BF16);
        x[0] = Tensor.Full([32], Nan, DType.BF16);
        (_, Tensor indices) = x.TopK(4);
        Assert.All(indices.ToArray<long>(), index => Assert.InRange(index, 0, 31));
        Assert.All(indices.ToArray<long>().Chunk(4), row => Assert.Equal(4, row.Distinct().Count()));
        _ = x.Gather(1, indices);
    }

    /// <summary>pytorch/pytorch 62940, 62645: results were written without regard to strides.</summary>
    [Fact]
    public void TopK_OfEveryFourthElement_ReadsByStrides()
    {
        Tensor x = Tensor.Arange(12).Slice(0, 0, 3, 4);
        (Tensor values, Tensor indices) = x.TopK(2);
        Assert.Equal([8L, 4L], values.ToArray<long>());
        Assert.Equal([2L, 1L], indices.ToArray<long>());
        Tensor target = Tensor.Zeros([12], DType.I64);
        target.Slice(0, 0, 2, 4).CopyFrom(values);
        Assert.Equal([8L, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0], target.ToArray<long>());
    }

    /// <summary>pytorch/pytorch 23480: the first restart came one step late.</summary>
    [Fact]
    public void CosineRestarts_OfGrowingPeriods_StartWhereTheyShould()
    {
        CosineRestartsSchedule schedule = new(Peak: 0.5, Minimum: 0, Period: 1, Growth: 2);
        double[] expected = [0.5, 0.5, 0.25, 0.5, 0.42677669529663687, 0.25, 0.07322330470336313, 0.5];
        for (int step = 0; step < expected.Length; step++) Assert.Equal(expected[step], schedule.At(step), 1e-12);
    }

    /// <summary>pytorch/pytorch 60265 and Lightning 15462, 5455: a resumed schedule jumped, because it computed each rate from the one before.</summary>
    [Fact]
    public void Schedules_AskedFromTheMiddle_GiveTheSameRates()
    {
        foreach (Func<ISchedule> make in (Func<ISchedule>[])[() => new CosineSchedule(1e-3, 0, 5, 100), () => new CosineRestartsSchedule(1e-3, 0, 7, 2)])
        {
            ISchedule whole = make(), resumed = make();
            double[] rates = [.. Enumerable.Range(0, 100).Select(step => whole.At(step))];
            Assert.Equal(rates[45..], Enumerable.Range(45, 55).Select(step => resumed.At(step)));
        }
    }

    /// <summary>dotnet/TorchSharp 1278: writing into parts of a tensor inside of a scope took memory that never came back.</summary>
    [Fact]
    public void Scope_WritesIntoParts_TakesNoMemory()
    {
        Tensor boxes = Tensor.Full([1000, 4], 900);
        for (int i = 0; i < 20; i++) Clip();
        long fresh = CpuMemory.FreshBlocks;
        for (int i = 0; i < 100; i++) Clip();
        Assert.Equal(fresh, CpuMemory.FreshBlocks);
        Assert.Equal([640f, 480f, 640f, 480f], boxes[0].ToArray<float>());

        void Clip()
        {
            using MemoryScope scope = MemoryScope.Begin();
            for (int column = 0; column < 4; column++)
                boxes[TensorIndex.Ellipsis, column] = boxes[TensorIndex.Ellipsis, column].Clamp(0, column % 2 == 0 ? 640 : 480);
        }
    }
}
