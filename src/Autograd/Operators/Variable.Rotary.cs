namespace MiniStack;

public partial class Variable
{
    /// <summary>Turns pairs of channels by angles that grow with the position; see <see cref="Tensor.RotaryEmbedding"/>.</summary>
    public Variable RotaryEmbedding(Tensor cos, Tensor sin, bool interleaved = false, int firstPosition = 0, bool back = false) =>
        Record(
            Value.RotaryEmbedding(cos, sin, interleaved, firstPosition, back),
            new RotaryEmbeddingNode(this, cos, sin, interleaved, firstPosition, back));

    private sealed class RotaryEmbeddingNode : GradNode
    {
        private readonly Variable _x;
        private readonly Tensor _cos, _sin;
        private readonly bool _interleaved, _back;
        private readonly int _firstPosition;

        public RotaryEmbeddingNode(Variable x, Tensor cos, Tensor sin, bool interleaved, int firstPosition, bool back)
            : base(savesInputs: false, x) =>
            (_x, _cos, _sin, _interleaved, _firstPosition, _back) = (
                x, Save(cos, "cos"), Save(sin, "sin"), interleaved, firstPosition, back);

        // A rotation's transpose is the rotation back.
        public override void Backward(Variable dy) => _x.AddGrad(dy.RotaryEmbedding(_cos, _sin, _interleaved, _firstPosition, !_back));
    }
}
