namespace MiniStack.Formats;

/// <summary>The element types of the format, and which of them a <see cref="Tensor"/> stores.</summary>
internal static class SafetensorsTypes
{
    /// <summary>The types that can be loaded, for messages.</summary>
    public const string Loadable = "F32, F64, F16, BF16, I64, I32, U8 and BOOL";

    /// <summary>Bits per element; null for a name that the format does not have.</summary>
    public static int? Bits(string name) => name switch
    {
        "F4" => 4,
        "F6_E2M3" or "F6_E3M2" => 6,
        "BOOL" or "U8" or "I8" or "F8_E5M2" or "F8_E4M3" or "F8_E8M0" or "F8_E4M3FNUZ" or "F8_E5M2FNUZ" => 8,
        "I16" or "U16" or "F16" or "BF16" => 16,
        "I32" or "U32" or "F32" => 32,
        "I64" or "U64" or "F64" or "C64" => 64,
        _ => null,
    };

    /// <summary>The DType of the same bits; null when no tensor stores them yet.</summary>
    public static DType? ToDType(string name) => name switch
    {
        "F32" => DType.F32,
        "F64" => DType.F64,
        "F16" => DType.F16,
        "BF16" => DType.BF16,
        "I64" => DType.I64,
        "I32" => DType.I32,
        "U8" => DType.U8,
        "BOOL" => DType.Bool,
        _ => null,
    };

    /// <summary>What the format calls a DType.</summary>
    public static string NameOf(DType dtype) => dtype switch
    {
        DType.F32 => "F32",
        DType.F64 => "F64",
        DType.F16 => "F16",
        DType.BF16 => "BF16",
        DType.I64 => "I64",
        DType.I32 => "I32",
        DType.U8 => "U8",
        DType.Bool => "BOOL",
        _ => throw new DTypeException($"Safetensors: tensors of {dtype} cannot be written. Convert with To(DType.F32)."),
    };
}
