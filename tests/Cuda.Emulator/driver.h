// The part of the CUDA driver API that the emulator answers to; NVIDIA's manual says what each function does.
#pragma once
#include <cstddef>
#include <cstdint>

using CUresult = int;
using CUdevice = int;
using CUdeviceptr = uint64_t;
using CUcontext = struct Context*;
using CUmodule = struct LoadedModule*;
using CUfunction = struct Function*;
using CUstream = struct Stream*;
using CUevent = struct Event*;
using CUgraph = struct Graph*;

constexpr int DriverVersion = 12040; // 1000·major + 10·minor, unless MINISTACK_EMULATOR_DRIVER says otherwise

enum
{
    CUDA_SUCCESS = 0,
    CUDA_ERROR_INVALID_VALUE = 1,
    CUDA_ERROR_OUT_OF_MEMORY = 2,
    CUDA_ERROR_NOT_INITIALIZED = 3,
    CUDA_ERROR_NO_DEVICE = 100,
    CUDA_ERROR_INVALID_DEVICE = 101,
    CUDA_ERROR_INVALID_CONTEXT = 201,
    CUDA_ERROR_INVALID_PTX = 218,
    CUDA_ERROR_UNSUPPORTED_PTX_VERSION = 222,
    CUDA_ERROR_INVALID_HANDLE = 400,
    CUDA_ERROR_NOT_FOUND = 500,
    CUDA_ERROR_NOT_READY = 600,
    CUDA_ERROR_ILLEGAL_ADDRESS = 700,
    CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES = 701,
    CUDA_ERROR_LAUNCH_FAILED = 719,
    CUDA_ERROR_NOT_SUPPORTED = 801,
    CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED = 900,
};

#define API extern "C" __attribute__((visibility("default"))) CUresult

API cuInit(unsigned flags);
API cuDriverGetVersion(int* version);
API cuGetErrorName(CUresult error, const char** name);
API cuGetErrorString(CUresult error, const char** text);

API cuDeviceGetCount(int* count);
API cuDeviceGet(CUdevice* device, int ordinal);
API cuDeviceGetName(char* name, int length, CUdevice device);
API cuDeviceTotalMem_v2(size_t* bytes, CUdevice device);
API cuDeviceGetAttribute(int* value, int attribute, CUdevice device);

API cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device);
API cuDevicePrimaryCtxRelease_v2(CUdevice device);
API cuCtxSetCurrent(CUcontext context);
API cuCtxGetCurrent(CUcontext* context);
API cuCtxSynchronize();

API cuModuleLoadData(CUmodule* module, const void* image);
API cuModuleUnload(CUmodule module);
API cuModuleGetFunction(CUfunction* function, CUmodule module, const char* name);
API cuFuncGetAttribute(int* value, int attribute, CUfunction function);
API cuFuncSetAttribute(CUfunction function, int attribute, int value);

API cuMemGetInfo_v2(size_t* free, size_t* total);
API cuMemAlloc_v2(CUdeviceptr* pointer, size_t bytes);
API cuMemFree_v2(CUdeviceptr pointer);
API cuMemHostAlloc(void** pointer, size_t bytes, unsigned flags);
API cuMemFreeHost(void* pointer);

API cuMemcpyHtoD_v2(CUdeviceptr to, const void* from, size_t bytes);
API cuMemcpyDtoH_v2(void* to, CUdeviceptr from, size_t bytes);
API cuMemcpyDtoD_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes);
API cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, size_t bytes, CUstream stream);
API cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, size_t bytes, CUstream stream);
API cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream);
API cuMemsetD8_v2(CUdeviceptr to, unsigned char value, size_t count);
API cuMemsetD32_v2(CUdeviceptr to, unsigned value, size_t count);
API cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count, CUstream stream);
API cuMemsetD32Async(CUdeviceptr to, unsigned value, size_t count, CUstream stream);

API cuStreamCreate(CUstream* stream, unsigned flags);
API cuStreamDestroy_v2(CUstream stream);
API cuStreamSynchronize(CUstream stream);
API cuStreamQuery(CUstream stream);
API cuStreamWaitEvent(CUstream stream, CUevent event, unsigned flags);
API cuEventCreate(CUevent* event, unsigned flags);
API cuEventDestroy_v2(CUevent event);
API cuEventRecord(CUevent event, CUstream stream);
API cuEventQuery(CUevent event);
API cuEventSynchronize(CUevent event);
API cuEventElapsedTime(float* milliseconds, CUevent start, CUevent end);

API cuLaunchKernel(
    CUfunction function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY, unsigned blockZ,
    unsigned sharedBytes, CUstream stream, void** parameters, void** extra);

API cuStreamBeginCapture_v2(CUstream stream, int mode);
API cuStreamEndCapture(CUstream stream, CUgraph* graph);
API cuGraphInstantiateWithFlags(CUgraph* executable, CUgraph graph, unsigned long long flags);
API cuGraphLaunch(CUgraph executable, CUstream stream);
API cuGraphDestroy(CUgraph graph);
API cuGraphExecDestroy(CUgraph executable);
