namespace MiniStack;

/// <summary>Naive loops that accumulate in F64: what every operator means, in the plainest code. The oracle of every test.</summary>
/// <remarks>Start reading with any of its files. The fast twin of each method is in <see cref="CpuBackend"/>.</remarks>
internal partial class ReferenceBackend : Backend;
