namespace MiniStack.Formats;

/// <summary>What the header of an array says, checked.</summary>
/// <param name="DType">The type of the elements.</param>
/// <param name="BigEndian">True when each element's most significant byte comes first.</param>
/// <param name="FortranOrder">True when the first axis varies fastest, not the last.</param>
/// <param name="Shape">Sizes of the axes.</param>
internal readonly record struct NpyHeader(DType DType, bool BigEndian, bool FortranOrder, Shape Shape);
