namespace MiniStack;

internal abstract partial class RelayBackend
{
    public override void RotaryEmbedding(Tensor x, Tensor cos, Tensor sin, bool interleaved, bool back, Tensor y) { using Trip trip = Begin(); There.RotaryEmbedding(trip.In(x), trip.In(cos), trip.In(sin), interleaved, back, trip.Out(y)); }
}
