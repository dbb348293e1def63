namespace MiniStack.Cuda;

// Copies and constants.
internal sealed partial class CudaBackend
{
    public override void Copy(Tensor source, Tensor destination)
    {
        if (destination.Count == 0) return;
        if (source.DType == destination.DType && source.IsContiguous && destination.IsContiguous)
        {
            _engine.Move(Arguments.AddressOf(source), Arguments.AddressOf(destination), destination.Count * destination.DType.Size());
            GC.KeepAlive(source);
            GC.KeepAlive(destination);
            return;
        }
        if (MeetInF32(source.DType, destination.DType) || MeetInF32(destination.DType, source.DType))
        {
            using MemoryScope scope = MemoryScope.Begin();
            Tensor wide = Tensor.Empty(source.Shape, DType.F32, Device);
            Copy(source, wide);
            Copy(wide, destination);
            return;
        }
        Arguments arguments = new();
        arguments.Operand(source).Operand(destination).Value(destination.Count);
        _engine.RunFlat(new("copy", source.DType, destination.DType), destination.Count, ref arguments);
    }

    /// <summary>Whether one is a 16-bit float, and the other a dtype that it is converted to by way of F32, as on the CPU.</summary>
    private static bool MeetInF32(DType one, DType other) => one.IsHalf() && other != one && other != DType.F32;

    /// <summary>The dtype whose kernel moves elements of this size.</summary>
    private static DType MovedAs(DType dtype) => dtype.Size() switch
    {
        1 => DType.U8,
        2 => DType.F16,
        4 => DType.I32,
        _ => DType.I64,
    };

    public override void Fill(Tensor destination, double value)
    {
        if (destination.Count == 0) return;
        if (destination.IsContiguous && BitConverter.DoubleToInt64Bits(value) == 0)
        {
            _engine.Move(null, Arguments.AddressOf(destination), destination.Count * destination.DType.Size());
            GC.KeepAlive(destination);
            return;
        }
        Arguments arguments = new();
        arguments.Operand(destination).Value(value).Value(destination.Count);
        _engine.RunFlat(new("fill", destination.DType), destination.Count, ref arguments);
    }
}
