namespace MiniStack.Formats;

/// <summary>NumPy's names of element types, such as <c>&lt;f4</c>: the byte order, the kind, the bytes.</summary>
internal static class NpyTypes
{
    private const string Loadable = "f4, f8, f2, i8, i4, u1 and b1";

    /// <summary>What NumPy calls a DType; null for BF16, which it does not have.</summary>
    public static string? NameOf(DType dtype) => dtype switch
    {
        DType.F32 => "<f4",
        DType.F64 => "<f8",
        DType.F16 => "<f2",
        DType.I64 => "<i8",
        DType.I32 => "<i4",
        DType.U8 => "|u1",
        DType.Bool => "|b1",
        _ => null,
    };

    /// <summary>The DType of the same numbers; null when no tensor stores them.</summary>
    public static DType? ToDType(string name) => WithoutOrder(name) switch
    {
        "f4" => DType.F32,
        "f8" => DType.F64,
        "f2" => DType.F16,
        "i8" => DType.I64,
        "i4" => DType.I32,
        "u1" => DType.U8,
        "b1" => DType.Bool,
        _ => null,
    };

    /// <summary>True when the name begins with one of the two byte orders.</summary>
    public static bool HasByteOrder(string name) => name is ['<' or '>', ..];

    /// <summary>True when the most significant byte comes first.</summary>
    public static bool IsBigEndian(string name) => name is ['>', ..];

    /// <summary>Why numbers of this type cannot be loaded, and what to do in NumPy.</summary>
    public static string Refusal(string name)
    {
        string type = WithoutOrder(name);
        string quoted = $"its dtype is {FileErrors.Quote(name)}";
        return type switch
        {
            "O" => $"{quoted}: Python objects, which MiniStack never unpickles. Save numbers: array.astype('<f4').",
            "c8" =>
                $"{quoted}: complex numbers, which no tensor stores. " +
                "Save the parts as an axis: numpy.stack([array.real, array.imag]).astype('<f4').",
            "c16" or "c32" =>
                $"{quoted}: complex numbers, which no tensor stores. " +
                "Save the parts as an axis: numpy.stack([array.real, array.imag]).astype('<f8').",
            "i1" or "i2" or "u2" => Convert("<i4"),
            "u4" or "u8" => Convert("<i8"),
            "f16" or "f12" or "g16" => Convert("<f8"),
            ['S' or 'U' or 'a', ..] => $"{quoted}: text, which no tensor stores. Save numbers, such as token ids: array.astype('<i8').",
            ['M' or 'm', ..] => $"{quoted}: times, which no tensor stores. Save them as numbers: array.astype('<i8').",
            ['V', ..] =>
                $"{quoted}: raw bytes, whose meaning the file does not tell (BF16 is saved so). Save numbers: array.astype('<f4').",
            _ => $"{quoted}, which MiniStack does not know. It loads {Loadable}: convert with array.astype('<f4') and save the file again.",
        };

        string Convert(string to) =>
            $"{quoted}, which no tensor stores. MiniStack loads {Loadable}: convert with array.astype('{to}') and save the file again.";
    }

    private static string WithoutOrder(string name) => name is ['<' or '>' or '|' or '=', ..] ? name[1..] : name;
}
