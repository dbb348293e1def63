namespace MiniStack.Tests;

/// <summary>Errors are teachers: every message of the room, word by word.</summary>
public class ErrorMessageTests
{
    private static readonly Dictionary<string, (Action Mistake, Type Type, string Message)> Mistakes = new()
    {
        ["Item of many"] = (() => Zeros(2, 3).Item(), typeof(ShapeException),
            "Item: a tensor of shape (2, 3) has 6 elements, not one. Use ToArray, or reduce it first, for example with Sum()."),
        ["Item of wrong type"] = (() => Zeros(1).Item<double>(), typeof(DTypeException),
            "Item<Double>: the tensor stores F32. Ask for that type, or convert first with To(DType.F64)."),
        ["ToArray of wrong type"] = (() => Zeros(1).ToArray<long>(), typeof(DTypeException),
            "ToArray<Int64>: the tensor stores F32. Ask for that type, or convert first with To(DType.I64)."),
        ["AsSpan of gaps"] = (() => Zeros(2, 3).Transpose().AsSpan<float>(), typeof(ShapeException),
            "AsSpan: the elements of this view of shape (3, 2) do not lie row by row. Call Contiguous() first, or use ToArray."),
        ["AsReadOnlySpan elsewhere"] = (() => Tensor.Empty([1], device: new FarDevice()).AsReadOnlySpan<float>(), typeof(DeviceException),
            "AsReadOnlySpan: the tensor lies on far. Copy it first with To(Device.Cpu), or use ToArray."),
        ["AsTensorSpan elsewhere"] = (() => Tensor.Empty([1], device: new FarDevice()).AsTensorSpan<float>(), typeof(DeviceException),
            "AsTensorSpan: the tensor lies on far. Copy it first with To(Device.Cpu)."),
        ["Wrap of gaps"] = (() => Tensor.Wrap(System.Numerics.Tensors.Tensor.Create(new float[6], [2, 3]).Slice([0..2, 0..2])), typeof(ShapeException),
            "Wrap: the System.Numerics tensor is a view with gaps. Make it dense first, with ToDenseTensor()."),
        ["CopyOf unknown type"] = (() => Tensor.CopyOf(new short[1]), typeof(DTypeException),
            "No tensor stores Int16. Use float (F32), double (F64), Half (F16), BFloat16 (BF16), long (I64), int (I32), byte (U8) or bool (Bool)."),
        ["CopyOf wrong count"] = (() => Tensor.CopyOf([1f, 2f, 3f], [2, 2]), typeof(ShapeException),
            "CopyOf: 3 elements were given, but shape (2, 2) has 4."),
        ["Wrap wrong count"] = (() => Tensor.Wrap(new float[5], [2, 2]), typeof(ShapeException),
            "Wrap: 5 elements were given, but shape (2, 2) has 4."),
        ["Empty too large"] = (() => Tensor.Empty([50_000, 50_000]), typeof(ShapeException),
            "A tensor of shape (50000, 50000) has 2,500,000,000 elements; one tensor holds at most 2,147,483,591. Split it along an axis."),
        ["Shape too large"] = (() => Shape.Create([int.MaxValue, int.MaxValue, int.MaxValue]), typeof(ShapeException),
            "A tensor of shape (2147483647, 2147483647, 2147483647) has more elements than any memory can hold."),
        ["Shape negative"] = (() => Tensor.Zeros([2, -3]), typeof(ShapeException), "A shape's sizes cannot be negative: (2, -3)."),
        ["Block too large"] = (() => CpuMemory.Rent(Array.MaxLength * 8L + 1), typeof(ConfigException),
            "A block of 17,179,868,729 bytes is larger than one CPU block can be (17,179,868,728 bytes). " +
            "Make the tensor smaller, for example with a smaller batch or context."),
        ["No such axis"] = (() => Zeros(2, 3).Softmax(2), typeof(ShapeException),
            "Softmax: there is no axis 2 in (2, 3), which has 2 axes (0 to 1, or -1 for the last)."),
        ["No such negative axis"] = (() => Zeros(2, 3).Transpose(-3, 0), typeof(ShapeException),
            "Transpose: there is no axis -3 in (2, 3), which has 2 axes (0 to 1, or -1 for the last)."),
        ["Not broadcast"] = (() => Zeros(2, 3).Add(Zeros(4, 3)), typeof(ShapeException),
            "Add: (2, 3) and (4, 3) do not broadcast. Counted from the end, axis 2 has sizes 2 and 4: they must be equal, or one of them 1 " +
            "(see Unsqueeze and Expand)."),
        ["Different dtypes"] = (() => Zeros(2).Multiply(Tensor.Arange(2)), typeof(DTypeException),
            "Multiply: a is F32 and b is I64. Convert one of them, for example b.To(DType.F32)."),
        ["Different devices"] = (() => Zeros(2).Subtract(Zeros(2).To(Device.Reference)), typeof(DeviceException),
            "Subtract: a lies on cpu and b on reference. Move one of them, for example b.To(a.Device)."),
        ["Where devices"] = (() => Tensor.Where(Tensor.Ones([2], DType.Bool).To(Device.Reference), Zeros(2), Zeros(2)), typeof(DeviceException),
            "Where: a lies on reference and b on cpu. Move one of them, for example b.To(a.Device)."),
        ["Float operator on integers"] = (() => Tensor.Arange(2).Exp(), typeof(DTypeException),
            "Exp: works on floats, not on I64. Convert with To(DType.F32)."),
        ["Number operator on Bool"] = (() => Tensor.Ones([2], DType.Bool).Sum(), typeof(DTypeException),
            "Sum: works on numbers, not on Bool. Convert with To(DType.F32) or To(DType.I64)."),
        ["Not on numbers"] = (() => Zeros(2).Not(), typeof(DTypeException),
            "Not: works on Bool, not on F32. Compare first, for example with Equal."),
        ["Where on numbers"] = (() => Tensor.Where(Zeros(2), Zeros(2), Zeros(2)), typeof(DTypeException),
            "Where: the condition must be Bool, not F32. Compare first, for example with Greater."),
        ["Indices of floats"] = (() => Zeros(2, 2).Embedding(Zeros(2)), typeof(DTypeException),
            "Embedding: indices must be I64 or I32, not F32. Convert with To(DType.I64)."),
        ["Embedding of a vector"] = (() => Zeros(2).Embedding(Tensor.Arange(2)), typeof(ShapeException),
            "Embedding: the table must be [rows, channels], not (2)."),
        ["Embedding outside"] = (() => Zeros(3, 2).Embedding(Tensor.CopyOf([0L, 3L])), typeof(IndexException),
            "Embedding: index 3 is outside 0 to 2; there are 3 rows."),
        ["Target outside"] = (() => Zeros(1, 2).CrossEntropy(Tensor.CopyOf([-1L]), out _), typeof(IndexException),
            "CrossEntropy: target -1 is outside 0 to 1; there are 2 classes."),
        ["CrossEntropy shapes"] = (() => Zeros(2, 3).CrossEntropy(Tensor.Arange(3), out _), typeof(ShapeException),
            "CrossEntropy: logits are (2, 3) and targets (3): targets must have the shape of the logits without the last axis."),
        ["LayerNorm weight"] = (() => Zeros(2, 3).LayerNorm(Zeros(2)), typeof(ShapeException),
            "LayerNorm: x is (2, 3), weight is (2): weight and bias must have one element for each channel of x's last axis."),
        ["RmsNorm weight"] = (() => Zeros(2, 3).RmsNorm(Zeros(2)), typeof(ShapeException),
            "RmsNorm: x is (2, 3), weight is (2): weight must have one element for each channel of x's last axis."),
        ["LayerNorm bias"] = (() => Zeros(2, 3).LayerNorm(Zeros(3), Zeros(1)), typeof(ShapeException),
            "LayerNorm: x is (2, 3), weight is (3), bias is (1): weight and bias must have one element for each channel of x's last axis."),
        ["Dropout probability"] = (() => Zeros(2).Dropout(1.5, 0, 0), typeof(ConfigException),
            "Dropout: the probability must be at least 0 and below 1, not 1.5."),
        ["Concat nothing"] = (() => Tensor.Concat([]), typeof(ShapeException), "Concat: give at least one tensor."),
        ["Concat other axes"] = (() => Tensor.Concat([Zeros(2, 3), Zeros(2, 4)]), typeof(ShapeException),
            "Concat: (2, 3) and (2, 4) must agree on every axis but axis 0."),
        ["MatMul rank"] = (() => Zeros(3).MatMul(Zeros(3, 2)), typeof(ShapeException),
            "MatMul: both need at least two axes. a is (3), b is (3, 2). Make a vector a matrix with Unsqueeze."),
        ["Linear weight"] = (() => Zeros(2, 3).Linear(Zeros(4, 2)), typeof(ShapeException),
            "Linear: x is (2, 3) and weight is (4, 2): weight must be [outputs, inputs], with inputs equal to x's last axis."),
        ["Linear bias"] = (() => Zeros(2, 3).Linear(Zeros(4, 3), Zeros(3)), typeof(ShapeException),
            "Linear: bias is (3); it must be (4), one for each output."),
        ["AddInPlace gaps"] = (() => Zeros(2, 3).Transpose().AddInPlace(Zeros(1)), typeof(ShapeException),
            "AddInPlace: this view of shape (3, 2) does not lie row by row. Use CopyFrom, which takes any view."),
        ["SetMatMul sizes"] = (() => Zeros(2, 3).SetMatMul(Zeros(2, 4), Zeros(3, 3), accumulate: true), typeof(ShapeException),
            "SetMatMul: a is (2, 4), b is (3, 3) and the result (2, 3); they must be (m, k), (k, n) and (m, n)."),
        ["Axis twice"] = (() => Zeros(2, 3).Sum([1, -1]), typeof(ShapeException), "Sum: axis -1 of (2, 3) is named twice."),
        ["Max of nothing"] = (() => Zeros(2, 0).Max([1]), typeof(ShapeException),
            "Max: there is no element to choose from; the reduced axes are empty."),
        ["ArgMax of nothing"] = (() => Zeros(2, 0).ArgMax(), typeof(ShapeException),
            "ArgMax: there is no element to choose from; the reduced axes are empty."),
        ["Permute twice"] = (() => Zeros(2, 3).Permute(0, -2), typeof(ShapeException),
            "Permute: the order (0, 0) must name each of the 2 axes of (2, 3) exactly once."),
        ["Reshape count"] = (() => Zeros(2, 3).Reshape(4, 2), typeof(ShapeException),
            "Reshape: (2, 3) has 6 elements, which do not fill (4, 2). The product of the sizes must be equal; one size may be -1."),
        ["Reshape open size"] = (() => Zeros(2, 3).Reshape(-1, 4), typeof(ShapeException),
            "Reshape: (2, 3) has 6 elements, which do not fill (-1, 4). The product of the sizes must be equal; one size may be -1."),
        ["Reshape two open sizes"] = (() => Zeros(2, 3).Reshape(-1, -1), typeof(ShapeException),
            "Reshape: (2, 3) has 6 elements, which do not fill (-1, -1). The product of the sizes must be equal; one size may be -1."),
        ["Slice outside"] = (() => Zeros(2, 3).Slice(1, 1, 2, step: 2), typeof(ShapeException),
            "Slice: start 1, count 2, step 2 leaves axis 1 of (2, 3), which has indices 0 to 2."),
        ["Select outside"] = (() => Zeros(2, 3).Select(0, 2), typeof(ShapeException),
            "Slice: start 2, count 1, step 1 leaves axis 0 of (2, 3), which has indices 0 to 1."),
        ["Expand"] = (() => Zeros(2, 3).Expand([2, 6]), typeof(ShapeException),
            "Expand: (2, 3) does not stretch to (2, 6). Only axes of size 1 stretch, and new axes come first."),
        ["Squeeze"] = (() => Zeros(2, 3).Squeeze(0), typeof(ShapeException),
            "Squeeze: axis 0 of (2, 3) has size 2, not 1. Use Select to pick one index."),
        ["Unsqueeze"] = (() => Zeros(2, 3).Unsqueeze(3), typeof(ShapeException), "Unsqueeze: there is no place 3 for an axis in (2, 3)."),
        ["Thread count"] = (() => CpuThreads.Count = 0, typeof(ConfigException), "The thread count must be between 1 and 1024, not 0."),
        ["Unknown dtype"] = (() => ((DType)99).Size(), typeof(ArgumentOutOfRangeException),
            "Not a DType of MiniStack. (Parameter 'dtype')\nActual value was 99."),
        ["Used after its scope"] = (UseAfterScope, typeof(MemoryScopeException),
            "The tensor of shape (2, 3) was used after its MemoryScope ended, which returned its memory. Call tensor.Keep() inside the scope " +
            "to keep it (in a layer or a hook, Persist()), or copy what you need (Item(), ToArray()) before the scope ends."),
        ["Scopes out of order"] = (CloseOutOfOrder, typeof(MemoryScopeException),
            "A MemoryScope was disposed while one opened inside it is still open; both have ended. Dispose inner scopes first; `using` does."),
    };

    public static TheoryData<string> Names => [.. Mistakes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Mistake_ThrowsTheMessage(string name)
    {
        (Action mistake, Type type, string message) = Mistakes[name];
        Exception exception = Assert.Throws(type, mistake);
        Assert.Equal(message, exception.Message.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void ModulePath_WhenSet_EndsTheMessage()
    {
        ShapeException exception = new("Wrong.") { ModulePath = "h.0.attn" };
        Assert.Equal("Wrong. [in module h.0.attn]", exception.Message);
    }

    private static Tensor Zeros(params int[] sizes) => Tensor.Zeros(sizes);

    private static void UseAfterScope()
    {
        Tensor x;
        using (MemoryScope.Begin()) x = Zeros(2, 3);
        x.Add(x);
    }

    private static void CloseOutOfOrder()
    {
        using MemoryScope outer = MemoryScope.Begin();
        using MemoryScope inner = MemoryScope.Begin();
        outer.Dispose();
    }

    /// <summary>A device whose memory the CPU cannot reach.</summary>
    private sealed class FarDevice() : Device("far", Cpu.Backend)
    {
        public override Tensor Download(Tensor tensor) => throw new NotSupportedException();

        public override Tensor Upload(Tensor tensor) => throw new NotSupportedException();

        private protected override Storage Rent(long bytes) => new FarStorage(this, bytes);

        private sealed class FarStorage(Device device, long bytes) : Storage(device, bytes)
        {
            private protected override void LetGo(bool recycle)
            {
            }
        }
    }
}
