namespace MiniStack.Tests;

/// <summary>What MatMul and Linear say when they are called wrongly.</summary>
public class MatMulErrorTests
{
    private static readonly Tensor A = Tensor.Zeros([2, 3]);

    [Fact]
    public void MatMul_InnerSizesDiffer_NamesBothAndTheAxis() => Says<ShapeException>(
        () => A.MatMul(Tensor.Zeros([4, 5])),
        "MatMul: inner sizes differ. a is (2, 3), b is (4, 5): a's last axis (3) must equal b's second-to-last (4).");

    [Fact]
    public void MatMul_TransposeWouldFit_SuggestsIt() => Says<ShapeException>(
        () => A.MatMul(Tensor.Zeros([4, 3])),
        "MatMul: inner sizes differ. a is (2, 3), b is (4, 3): a's last axis (3) must equal b's second-to-last (4). " +
        "Did you mean b.Transpose()?");

    [Fact]
    public void MatMul_Vector_SuggestsUnsqueeze() => Says<ShapeException>(
        () => A.MatMul(Tensor.Zeros([3])),
        "MatMul: both need at least two axes. a is (2, 3), b is (3). Make a vector a matrix with Unsqueeze.");

    [Fact]
    public void MatMul_BatchesDoNotBroadcast_Throws() =>
        Assert.StartsWith("MatMul", Assert.Throws<ShapeException>(() => Tensor.Zeros([2, 2, 3]).MatMul(Tensor.Zeros([3, 3, 4]))).Message);

    [Fact]
    public void MatMul_DTypesDiffer_SuggestsTo() => Says<DTypeException>(
        () => A.MatMul(Tensor.Zeros([3, 2], DType.F64)),
        "MatMul: a is F32 and b is F64. Convert one of them, for example a.To(DType.F64).");

    [Fact]
    public void MatMul_Bool_SuggestsNumbers() => Says<DTypeException>(
        () => A.To(DType.Bool).MatMul(A.To(DType.Bool).Transpose()),
        "MatMul: works on numbers, not on Bool. Convert with To(DType.F32) or To(DType.I64).");

    [Fact]
    public void MatMul_DevicesDiffer_SuggestsTo() => Says<DeviceException>(
        () => A.MatMul(Tensor.Zeros([3, 2]).To(Device.Reference)),
        "MatMul: a lies on cpu and b on reference. Move one of them, for example b.To(a.Device).");

    [Fact]
    public void Linear_WeightDoesNotFit_SaysWhatItMustBe() => Says<ShapeException>(
        () => A.Linear(Tensor.Zeros([3, 4])),
        "Linear: x is (2, 3) and weight is (3, 4): weight must be [outputs, inputs], with inputs equal to x's last axis.");

    [Fact]
    public void LinearGelu_WeightDoesNotFit_SaysWhatItMustBe() => Says<ShapeException>(
        () => Fused.LinearGelu(A, Tensor.Zeros([3, 4])),
        "LinearGelu: x is (2, 3) and weight is (3, 4): weight must be [outputs, inputs], with inputs equal to x's last axis.");

    [Fact]
    public void Linear_BiasDoesNotFit_SaysItsShape() => Says<ShapeException>(
        () => A.Linear(Tensor.Zeros([4, 3]), Tensor.Zeros([3])),
        "Linear: bias is (3); it must be (4), one for each output.");

    [Fact]
    public void Linear_Integers_SuggestsFloats() => Says<DTypeException>(
        () => A.To(DType.I64).Linear(Tensor.Zeros([4, 3], DType.I64)),
        "Linear: works on floats, not on I64. Convert with To(DType.F32).");

    private static void Says<TException>(Action action, string message) where TException : Exception =>
        Assert.Equal(message, Assert.Throws<TException>(action).Message);
}
