using MiniStack.Cuda;

namespace MiniStack.Tests;

/// <summary>Lets a device compute on tensors in main memory: as they lie there, gaps and stretched axes included, so they lie on the device.</summary>
internal sealed class VisitingBackend(Device device) : RelayBackend
{
    protected override Backend There => device.Backend;

    protected internal override void Announce(string name) => Emulator.TurnThreadOrder();

    protected internal override Tensor Send(Tensor tensor, bool withContent) => tensor.Count == 0
        ? Tensor.Empty(tensor.Shape, tensor.DType, device)
        : Everything(tensor).To(device).View(new Layout(tensor.Shape, tensor.Strides.ToArray(), 0));

    protected internal override void Return(Tensor sent, Tensor tensor)
    {
        if (tensor.Count == 0) return;
        Tensor whole = Everything(tensor);
        Device.Cpu.Backend.Copy(sent.View(Layout.Contiguous(whole.Shape)).To(Device.Cpu), whole);
    }

    /// <summary>From the first to the last element that the layout can reach, in one axis.</summary>
    private static Tensor Everything(Tensor tensor)
    {
        int extent = 1;
        for (int axis = 0; axis < tensor.Rank; axis++) extent += (int)((tensor.Shape[axis] - 1) * tensor.Strides[axis]);
        return tensor.View(Layout.Contiguous([extent], tensor.Layout.Offset));
    }
}
