using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace MiniStack.Cuda;

/// <summary>
/// Launches the kernels of <c>Kernels/*.cu</c>; what has none is computed on the CPU, or refused (see <see cref="CudaDevice.Strict"/>).
/// </summary>
/// <remarks><c>Kernels/README.md</c> says which parameters and which grid each kernel wants.</remarks>
internal sealed partial class CudaBackend : RelayBackend
{
    private readonly CudaEngine _engine;
    private readonly ConcurrentDictionary<string, bool> _warned = new();

    /// <summary>Operators on 16-bit floats: on the GPU, with stand-ins in F32.</summary>
    private readonly Widened _widened;

    /// <summary>Operators on U8: on the GPU, with stand-ins in I32.</summary>
    private readonly U8AsI32 _wholes;

    public CudaBackend(CudaEngine engine) => (_engine, _widened, _wholes) = (engine, new Widened(this), new U8AsI32(this));

    /// <summary>The device that this backend works for, which comes to be after it.</summary>
    public CudaDevice Device { get; set; } = null!;

    /// <summary>Who computes in place of a dtype that is only stored and converted; null for all others.</summary>
    private RelayBackend? StandIns(DType dtype) => dtype.IsHalf() ? _widened : dtype == DType.U8 ? _wholes : null;

    protected override Backend There => MiniStack.Device.Cpu.Backend;

    protected internal override void Announce(string name)
    {
        if (Device.Strict)
        {
            throw new DeviceException(
                $"{name}: {Device} has no kernel for these dtypes and shapes. " +
                "Move the tensors to Device.Cpu, or set CudaDevice.Strict to false to let it happen.");
        }
        if (_warned.TryAdd(name, true))
            Device.Warn(
                $"warning: {name} has no kernel on {Device} for these dtypes and shapes and is computed on the CPU, which is slow.");
    }

    protected internal override Tensor Send(Tensor tensor, bool withContent) =>
        withContent ? tensor.To(MiniStack.Device.Cpu) : Tensor.Empty(tensor.Shape, tensor.DType);

    protected internal override void Return(Tensor sent, Tensor tensor) => Copy(sent.To(Device), tensor);
}
