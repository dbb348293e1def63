// A CUDA driver whose GPU is this process: the driver, its devices, contexts and memory.
#include "driver.h"

#include <cstdio>
#include <cstdlib>
#include <set>

#include "memory.h"
#include "work.h"

struct Context
{
};

namespace
{
bool initialized;
Context primary;
int primary_users;
thread_local CUcontext current_context;
std::set<void*> pinned;

int device_count() { return setting("MINISTACK_EMULATOR_DEVICES", 1); }
}

CUresult ready()
{
    if (!initialized) return CUDA_ERROR_NOT_INITIALIZED;
    if (!current_context || primary_users == 0) return CUDA_ERROR_INVALID_CONTEXT;
    return broken;
}

// The driver and its devices.

API cuInit(unsigned)
{
    if (device_count() == 0) return CUDA_ERROR_NO_DEVICE;
    initialized = true;
    return CUDA_SUCCESS;
}

API cuDriverGetVersion(int* version)
{
    *version = setting("MINISTACK_EMULATOR_DRIVER", DriverVersion);
    return CUDA_SUCCESS;
}

struct ErrorText
{
    CUresult error;
    const char *name, *text;
};

const ErrorText Errors[] = {
    {CUDA_SUCCESS, "CUDA_SUCCESS", "no error"},
    {CUDA_ERROR_INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {CUDA_ERROR_OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {CUDA_ERROR_NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED", "the driver was not initialised"},
    {CUDA_ERROR_NO_DEVICE, "CUDA_ERROR_NO_DEVICE", "there is no device"},
    {CUDA_ERROR_INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE", "there is no such device"},
    {CUDA_ERROR_INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "this thread has no context"},
    {CUDA_ERROR_INVALID_PTX, "CUDA_ERROR_INVALID_PTX", "the PTX is not valid"},
    {CUDA_ERROR_UNSUPPORTED_PTX_VERSION, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION", "the PTX is newer than the driver"},
    {CUDA_ERROR_INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE", "invalid handle"},
    {CUDA_ERROR_NOT_FOUND, "CUDA_ERROR_NOT_FOUND", "nothing has this name"},
    {CUDA_ERROR_NOT_READY, "CUDA_ERROR_NOT_READY", "the work is not done yet"},
    {CUDA_ERROR_ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS", "a kernel used an illegal address"},
    {CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", "a launch asks for too much"},
    {CUDA_ERROR_LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED", "a kernel failed"},
    {CUDA_ERROR_NOT_SUPPORTED, "CUDA_ERROR_NOT_SUPPORTED", "not supported"},
    {CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "not possible while a stream is captured"},
};

static CUresult error_text(CUresult error, const char** to, const char* ErrorText::*part)
{
    for (const ErrorText& each : Errors)
    {
        if (each.error != error) continue;
        *to = each.*part;
        return CUDA_SUCCESS;
    }
    *to = nullptr;
    return CUDA_ERROR_INVALID_VALUE;
}

API cuGetErrorName(CUresult error, const char** name) { return error_text(error, name, &ErrorText::name); }
API cuGetErrorString(CUresult error, const char** text) { return error_text(error, text, &ErrorText::text); }

API cuDeviceGetCount(int* count)
{
    REQUIRE(initialized, CUDA_ERROR_NOT_INITIALIZED);
    *count = device_count();
    return CUDA_SUCCESS;
}

API cuDeviceGet(CUdevice* device, int ordinal)
{
    REQUIRE(initialized, CUDA_ERROR_NOT_INITIALIZED);
    REQUIRE(ordinal >= 0 && ordinal < device_count(), CUDA_ERROR_INVALID_DEVICE);
    *device = ordinal;
    return CUDA_SUCCESS;
}

API cuDeviceGetName(char* name, int length, CUdevice)
{
    snprintf(name, length, "MiniStack emulator");
    return CUDA_SUCCESS;
}

API cuDeviceTotalMem_v2(size_t* bytes, CUdevice)
{
    size_t free;
    device_capacity(free, *bytes);
    return CUDA_SUCCESS;
}

API cuDeviceGetAttribute(int* value, int attribute, CUdevice)
{
    int capability = setting("MINISTACK_EMULATOR_CAPABILITY", 80);
    switch (attribute)
    {
        case 1: *value = 1024; break;                // threads of a block
        case 8: *value = 48 << 10; break;            // shared memory of a block
        case 10: *value = 32; break;                 // threads of a warp
        case 12: *value = 64 << 10; break;           // registers of a block
        case 13: *value = 1000000; break;            // clock in kHz
        case 16: *value = 4; break;                  // multiprocessors
        case 75: *value = capability / 10; break;    // compute capability, major
        case 76: *value = capability % 10; break;    // and minor
        case 97: *value = 48 << 10; break;           // shared memory of a block that asks for it
        default: *value = 0; break;
    }
    return CUDA_SUCCESS;
}

// Contexts.

API cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice)
{
    REQUIRE(initialized, CUDA_ERROR_NOT_INITIALIZED);
    primary_users++;
    *context = &primary;
    return CUDA_SUCCESS;
}

API cuDevicePrimaryCtxRelease_v2(CUdevice)
{
    REQUIRE(primary_users > 0, CUDA_ERROR_INVALID_CONTEXT);
    if (--primary_users == 0) broken = 0;
    return CUDA_SUCCESS;
}

API cuCtxSetCurrent(CUcontext context)
{
    current_context = context;
    return CUDA_SUCCESS;
}

API cuCtxGetCurrent(CUcontext* context)
{
    *context = current_context;
    return CUDA_SUCCESS;
}

API cuCtxSynchronize()
{
    CALL();
    finish_all();
    return broken;
}

// Memory.

API cuMemGetInfo_v2(size_t* free, size_t* total)
{
    CALL();
    device_capacity(*free, *total);
    return CUDA_SUCCESS;
}

API cuMemAlloc_v2(CUdeviceptr* pointer, size_t bytes)
{
    CALL();
    REQUIRE(bytes > 0, CUDA_ERROR_INVALID_VALUE);
    *pointer = device_alloc(bytes);
    return *pointer ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

API cuMemFree_v2(CUdeviceptr pointer)
{
    CALL();
    finish_all();
    return pointer == 0 || device_free(pointer) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

API cuMemHostAlloc(void** pointer, size_t bytes, unsigned)
{
    CALL();
    *pointer = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    pinned.insert(*pointer);
    return *pointer ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

API cuMemFreeHost(void* pointer)
{
    CALL();
    finish_all();
    REQUIRE(pinned.erase(pointer), CUDA_ERROR_INVALID_VALUE);
    free(pointer);
    return CUDA_SUCCESS;
}
