namespace MiniStack;

internal abstract partial class RelayBackend
{
    public override void BatchNorm(Tensor x, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance) { using Trip trip = Begin(); There.BatchNorm(trip.In(x), trip.InIf(weight), trip.InIf(bias), epsilon, trip.Out(y), trip.Out(mean), trip.Out(variance)); }
    public override void BatchNormBackward(Tensor x, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias) { using Trip trip = Begin(); There.BatchNormBackward(trip.In(x), trip.InIf(weight), epsilon, trip.In(mean), trip.In(variance), trip.In(dy), trip.Out(dx), trip.Out(dweight), trip.Out(dbias)); }
    public override void GroupNorm(Tensor x, int groups, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance) { using Trip trip = Begin(); There.GroupNorm(trip.In(x), groups, trip.InIf(weight), trip.InIf(bias), epsilon, trip.Out(y), trip.Out(mean), trip.Out(variance)); }
    public override void GroupNormBackward(Tensor x, int groups, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias) { using Trip trip = Begin(); There.GroupNormBackward(trip.In(x), groups, trip.InIf(weight), epsilon, trip.In(mean), trip.In(variance), trip.In(dy), trip.Out(dx), trip.Out(dweight), trip.Out(dbias)); }
}
