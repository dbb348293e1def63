using System.Runtime.InteropServices;
using ManagedCuda.BasicTypes;
using ManagedCuda.VectorTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace ManagedCuda.VectorTypes
{
    /// <summary>Sizes of a grid or a block.</summary>
    public struct dim3
    {
        /// <summary>Along the first axis.</summary>
        public uint x;

        /// <summary>Along the second axis.</summary>
        public uint y;

        /// <summary>Along the third axis.</summary>
        public uint z;

        /// <summary>Three sizes.</summary>
        public dim3(uint xValue, uint yValue = 1, uint zValue = 1) => (x, y, z) = (xValue, yValue, zValue);

        /// <summary>Three sizes.</summary>
        public dim3(int xValue, int yValue = 1, int zValue = 1)
            : this(checked((uint)xValue), checked((uint)yValue), checked((uint)zValue))
        {
        }

        /// <summary>One axis.</summary>
        public static implicit operator dim3(int value) => new(value);

        /// <summary>One axis.</summary>
        public static implicit operator dim3(uint value) => new(value);
    }
}

namespace ManagedCuda
{
    /// <summary>A kernel with the sizes it will be launched with.</summary>
    /// <remarks>
    /// Convenient, not quick: parameters travel in boxes. MiniStack's own operators launch with <see cref="Launch.cuLaunchKernel"/>.
    /// </remarks>
    public class CudaKernel
    {
        /// <summary>A kernel by name, with blocks of one thread until told otherwise.</summary>
        /// <exception cref="CudaException">The module has no such kernel.</exception>
        public CudaKernel(string kernelName, CUmodule module, CudaContext cuda)
        {
            ArgumentNullException.ThrowIfNull(cuda);
            CUfunction function = default;
            CudaException.ThrowIfError(ModuleManagement.cuModuleGetFunction(ref function, module, kernelName));
            (KernelName, CUFunction) = (kernelName, function);
        }

        /// <summary>Its name.</summary>
        public string KernelName { get; }

        /// <summary>The driver's handle.</summary>
        public CUfunction CUFunction { get; }

        /// <summary>Threads of a block.</summary>
        public dim3 BlockDimensions { get; set; } = new(1);

        /// <summary>Blocks.</summary>
        public dim3 GridDimensions { get; set; } = new(1);

        /// <summary>Bytes of shared memory beyond what the kernel declares.</summary>
        public uint DynamicSharedMemory { get; set; }

        /// <summary>The most that <see cref="DynamicSharedMemory"/> may be.</summary>
        public int MaxDynamicSharedSizeBytes
        {
            get
            {
                int value = 0;
                CudaException.ThrowIfError(
                    FunctionManagement.cuFuncGetAttribute(ref value, CUFunctionAttribute.MaxDynamicSharedSizeBytes, CUFunction));
                return value;
            }
            set => CudaException.ThrowIfError(
                FunctionManagement.cuFuncSetAttribute(CUFunction, CUFunctionAttribute.MaxDynamicSharedSizeBytes, value));
        }

        /// <summary>Puts the kernel into a stream.</summary>
        /// <param name="stream">The stream.</param>
        /// <param name="parameters">One value per parameter, each of exactly the parameter's type: a number, or a
        /// <see cref="CUdeviceptr"/>.</param>
        /// <exception cref="CudaException">The driver refuses.</exception>
        public void RunAsync(CUstream stream, params object[] parameters)
        {
            GCHandle[] pinned = new GCHandle[parameters.Length];
            IntPtr[] addresses = new IntPtr[parameters.Length];
            try
            {
                for (int i = 0; i < parameters.Length; i++)
                {
                    pinned[i] = GCHandle.Alloc(parameters[i], GCHandleType.Pinned);
                    addresses[i] = pinned[i].AddrOfPinnedObject();
                }
                CudaException.ThrowIfError(Launch.cuLaunchKernel(
                    CUFunction, GridDimensions.x, GridDimensions.y, GridDimensions.z,
                    BlockDimensions.x, BlockDimensions.y, BlockDimensions.z,
                    DynamicSharedMemory, stream, addresses, null));
            }
            finally
            {
                foreach (GCHandle handle in pinned)
                    if (handle.IsAllocated) handle.Free();
            }
        }
    }
}
