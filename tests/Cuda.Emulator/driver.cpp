// A CUDA driver whose GPU is this process: what its functions promise, and no more. In particular, work in a stream may wait until
// somebody synchronises (MINISTACK_EMULATOR_LAZY=1), and an error of a kernel is reported by a later call, and by all after it.
#include "driver.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <set>

#include "kernel.h"
#include "memory.h"
#include "ptx.h"
#include "threads.h"

using Clock = std::chrono::steady_clock;
using Work = std::function<void()>;

struct Context
{
};

struct Function
{
    std::string name;
    const Kernel* kernel;
    Entry entry;
};

struct LoadedModule
{
    std::map<std::string, std::unique_ptr<Function>> functions;
};

struct Graph
{
    std::vector<Work> work;
};

struct Stream
{
    bool blocking = true; // takes turns with the null stream
    std::deque<Work> work;
    Graph* capture = nullptr;
};

struct Event
{
    uint64_t recorded = 0, done = 0; // how often
    CUstream stream = nullptr;       // of the last record
    Clock::time_point time;
};

namespace
{
std::recursive_mutex gate; // one call at a time: a kernel is work of the calling thread
bool initialized;
int broken; // the error of a kernel: all later calls that work on the device answer with it
Context primary;
int primary_users;
thread_local CUcontext current_context;
Stream null_stream;
std::set<CUstream> streams;
std::set<void*> pinned;

int setting(const char* name, int otherwise)
{
    const char* value = getenv(name);
    return value ? atoi(value) : otherwise;
}

int device_count() { return setting("MINISTACK_EMULATOR_DEVICES", 1); }
int driver_version() { return setting("MINISTACK_EMULATOR_DRIVER", 12040); }
bool lazy() { return setting("MINISTACK_EMULATOR_LAZY", 0) != 0; }

/// Can this thread work on the device now?
CUresult ready()
{
    if (!initialized) return CUDA_ERROR_NOT_INITIALIZED;
    if (!current_context || primary_users == 0) return CUDA_ERROR_INVALID_CONTEXT;
    return broken;
}

#define CALL() \
    std::lock_guard<std::recursive_mutex> lock(gate); \
    if (CUresult error = ready()) return error
#define REQUIRE(condition, error) \
    if (!(condition)) return error

Stream& of(CUstream stream) { return stream ? *stream : null_stream; }

bool known(CUstream stream) { return !stream || streams.count(stream); }

void run_next(Stream& stream)
{
    Work next = std::move(stream.work.front());
    stream.work.pop_front();
    if (!broken) next();
}

void finish(Stream& stream)
{
    while (!stream.work.empty()) run_next(stream);
}

void finish_all()
{
    finish(null_stream);
    for (CUstream stream : streams) finish(*stream);
}

CUresult submit(CUstream to, Work work)
{
    Stream& stream = of(to);
    if (stream.capture) stream.capture->work.push_back(std::move(work));
    else
    {
        // The null stream and each blocking stream wait for the other's work so far.
        if (&stream == &null_stream)
        {
            for (CUstream other : streams)
                if (other->blocking) finish(*other);
        }
        else if (stream.blocking) finish(null_stream);
        stream.work.push_back(std::move(work));
        if (!lazy()) finish(stream);
    }
    return CUDA_SUCCESS;
}

/// Work of the null stream that is done on return.
CUresult submit_and_wait(Work work)
{
    submit(nullptr, std::move(work));
    finish(null_stream);
    return broken;
}

void wait_for(CUevent event, uint64_t record)
{
    Stream& stream = of(event->stream);
    while (event->done < record && !stream.work.empty()) run_next(stream);
}

Work memory_copy(void* to, const void* from, size_t bytes)
{
    return [=] { memmove(to, from, bytes); };
}

Work memory_set(CUdeviceptr to, unsigned value, size_t count)
{
    return [=] { std::fill_n((unsigned*)to, count, value); };
}
}

std::map<std::string, Kernel>& kernels()
{
    static std::map<std::string, Kernel> all;
    return all;
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
    *version = driver_version();
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

// Modules: the code is in this library; the PTX must agree with it.

API cuModuleLoadData(CUmodule* module, const void* image)
{
    CALL();
    Module ptx = parse_ptx((const char*)image);
    // PTX 7.0 came with CUDA 11.0, 8.0 with 12.0: both count on alike.
    REQUIRE(ptx.version / 10 + 4 <= driver_version() / 1000, CUDA_ERROR_UNSUPPORTED_PTX_VERSION);
    auto loaded = std::make_unique<LoadedModule>();
    for (auto& [name, entry] : ptx.entries)
    {
        auto kernel = kernels().find(name);
        if (kernel == kernels().end()) ptx.error = name + " is in the PTX, but not in the emulator";
        else if (kernel->second.sizes != entry.sizes) ptx.error = name + " has other parameters in the PTX than in the emulator";
        else loaded->functions[name].reset(new Function{name, &kernel->second, entry});
    }
    if (!ptx.error.empty())
    {
        fprintf(stderr, "emulator: cuModuleLoadData: %s\n", ptx.error.c_str());
        return CUDA_ERROR_INVALID_PTX;
    }
    *module = loaded.release();
    return CUDA_SUCCESS;
}

API cuModuleUnload(CUmodule module)
{
    CALL();
    finish_all();
    delete module;
    return CUDA_SUCCESS;
}

API cuModuleGetFunction(CUfunction* function, CUmodule module, const char* name)
{
    CALL();
    auto found = module->functions.find(name);
    REQUIRE(found != module->functions.end(), CUDA_ERROR_NOT_FOUND);
    *function = found->second.get();
    return CUDA_SUCCESS;
}

API cuFuncGetAttribute(int* value, int attribute, CUfunction function)
{
    switch (attribute)
    {
        case 0: *value = function->entry.threads; break;
        case 1: *value = (int)function->entry.shared; break;
        case 4: *value = 32; break; // registers: nobody counted
        default: *value = 0; break;
    }
    return CUDA_SUCCESS;
}

API cuFuncSetAttribute(CUfunction, int, int) { return CUDA_ERROR_NOT_SUPPORTED; }

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

API cuMemcpyHtoD_v2(CUdeviceptr to, const void* from, size_t bytes)
{
    CALL();
    REQUIRE(device_holds(to, bytes), CUDA_ERROR_INVALID_VALUE);
    return submit_and_wait(memory_copy((void*)to, from, bytes));
}

API cuMemcpyDtoH_v2(void* to, CUdeviceptr from, size_t bytes)
{
    CALL();
    REQUIRE(device_holds(from, bytes), CUDA_ERROR_INVALID_VALUE);
    return submit_and_wait(memory_copy(to, (void*)from, bytes));
}

API cuMemcpyDtoD_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes) { return cuMemcpyDtoDAsync_v2(to, from, bytes, nullptr); }

API cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, size_t bytes, CUstream stream)
{
    CALL();
    REQUIRE(known(stream), CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(device_holds(to, bytes), CUDA_ERROR_INVALID_VALUE);
    return submit(stream, memory_copy((void*)to, from, bytes));
}

API cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, size_t bytes, CUstream stream)
{
    CALL();
    REQUIRE(known(stream), CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(device_holds(from, bytes), CUDA_ERROR_INVALID_VALUE);
    return submit(stream, memory_copy(to, (void*)from, bytes));
}

API cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream)
{
    CALL();
    REQUIRE(known(stream), CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(device_holds(to, bytes) && device_holds(from, bytes), CUDA_ERROR_INVALID_VALUE);
    return submit(stream, memory_copy((void*)to, (void*)from, bytes));
}

API cuMemsetD8_v2(CUdeviceptr to, unsigned char value, size_t count) { return cuMemsetD8Async(to, value, count, nullptr); }
API cuMemsetD32_v2(CUdeviceptr to, unsigned value, size_t count) { return cuMemsetD32Async(to, value, count, nullptr); }

API cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count, CUstream stream)
{
    CALL();
    REQUIRE(known(stream), CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(device_holds(to, count), CUDA_ERROR_INVALID_VALUE);
    return submit(stream, [=] { memset((void*)to, value, count); });
}

API cuMemsetD32Async(CUdeviceptr to, unsigned value, size_t count, CUstream stream)
{
    CALL();
    REQUIRE(known(stream), CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(to % 4 == 0 && device_holds(to, 4 * count), CUDA_ERROR_INVALID_VALUE);
    return submit(stream, memory_set(to, value, count));
}

// Streams and events.

API cuStreamCreate(CUstream* stream, unsigned flags)
{
    CALL();
    *stream = new Stream;
    (*stream)->blocking = !(flags & 1);
    streams.insert(*stream);
    return CUDA_SUCCESS;
}

API cuStreamDestroy_v2(CUstream stream)
{
    CALL();
    REQUIRE(stream && known(stream), CUDA_ERROR_INVALID_HANDLE);
    finish(*stream);
    streams.erase(stream);
    delete stream;
    return CUDA_SUCCESS;
}

API cuStreamSynchronize(CUstream stream)
{
    CALL();
    REQUIRE(known(stream), CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(!of(stream).capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    finish(of(stream));
    return broken;
}

API cuStreamQuery(CUstream stream)
{
    CALL();
    REQUIRE(known(stream), CUDA_ERROR_INVALID_HANDLE);
    return of(stream).work.empty() ? CUDA_SUCCESS : CUDA_ERROR_NOT_READY;
}

API cuStreamWaitEvent(CUstream stream, CUevent event, unsigned)
{
    CALL();
    REQUIRE(known(stream), CUDA_ERROR_INVALID_HANDLE);
    return submit(stream, [event, record = event->recorded] { wait_for(event, record); });
}

API cuEventCreate(CUevent* event, unsigned)
{
    CALL();
    *event = new Event;
    return CUDA_SUCCESS;
}

API cuEventDestroy_v2(CUevent event)
{
    CALL();
    wait_for(event, event->recorded);
    delete event;
    return CUDA_SUCCESS;
}

API cuEventRecord(CUevent event, CUstream stream)
{
    CALL();
    REQUIRE(known(stream), CUDA_ERROR_INVALID_HANDLE);
    event->stream = stream;
    return submit(stream, [event, record = ++event->recorded]
    {
        event->done = record;
        event->time = Clock::now();
    });
}

API cuEventQuery(CUevent event)
{
    CALL();
    return event->done == event->recorded ? CUDA_SUCCESS : CUDA_ERROR_NOT_READY;
}

API cuEventSynchronize(CUevent event)
{
    CALL();
    wait_for(event, event->recorded);
    return broken;
}

API cuEventElapsedTime(float* milliseconds, CUevent start, CUevent end)
{
    CALL();
    REQUIRE(start->recorded && end->recorded, CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(start->done == start->recorded && end->done == end->recorded, CUDA_ERROR_NOT_READY);
    *milliseconds = std::chrono::duration<float, std::milli>(end->time - start->time).count();
    return CUDA_SUCCESS;
}

// Launches.

API cuLaunchKernel(
    CUfunction function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY, unsigned blockZ,
    unsigned sharedBytes, CUstream stream, void** parameters, void** extra)
{
    CALL();
    REQUIRE(function && known(stream), CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(gridX && gridY && gridZ && blockX && blockY && blockZ, CUDA_ERROR_INVALID_VALUE);
    REQUIRE(gridX <= 0x7FFFFFFF && gridY <= 0xFFFF && gridZ <= 0xFFFF, CUDA_ERROR_INVALID_VALUE);
    REQUIRE(blockX <= 1024 && blockY <= 1024 && blockZ <= 64, CUDA_ERROR_INVALID_VALUE);
    REQUIRE(blockX * blockY * blockZ <= (unsigned)function->entry.threads, CUDA_ERROR_INVALID_VALUE);
    REQUIRE(function->entry.shared + sharedBytes <= 48 << 10, CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES);
    REQUIRE(!extra && (parameters || function->entry.sizes.empty()), CUDA_ERROR_NOT_SUPPORTED);

    // The parameters are copied now: the caller may change them as soon as this returns.
    std::vector<std::vector<uint64_t>> values;
    for (size_t i = 0; i < function->entry.sizes.size(); i++)
    {
        values.emplace_back((function->entry.sizes[i] + 7) / 8);
        memcpy(values[i].data(), parameters[i], function->entry.sizes[i]);
    }
    return submit(stream, [=]() mutable
    {
        std::vector<void*> addresses;
        for (auto& value : values) addresses.push_back(value.data());
        LaunchFailure failure = run_grid(
            {gridX, gridY, gridZ}, {blockX, blockY, blockZ}, function->entry.shared > 0, [&] { function->kernel->run(addresses.data()); });
        if (failure.code == 0) return;
        fprintf(stderr, "emulator: %s: %s\n", function->name.c_str(), failure.message.c_str());
        broken = failure.code;
    });
}

// Graphs: a list of work to submit again.

API cuStreamBeginCapture_v2(CUstream stream, int)
{
    CALL();
    REQUIRE(stream && known(stream), CUDA_ERROR_INVALID_HANDLE);
    stream->capture = new Graph;
    return CUDA_SUCCESS;
}

API cuStreamEndCapture(CUstream stream, CUgraph* graph)
{
    CALL();
    REQUIRE(stream && known(stream) && stream->capture, CUDA_ERROR_INVALID_HANDLE);
    *graph = stream->capture;
    stream->capture = nullptr;
    return CUDA_SUCCESS;
}

API cuGraphInstantiateWithFlags(CUgraph* executable, CUgraph graph, unsigned long long)
{
    CALL();
    *executable = new Graph(*graph);
    return CUDA_SUCCESS;
}

API cuGraphLaunch(CUgraph executable, CUstream stream)
{
    CALL();
    REQUIRE(known(stream), CUDA_ERROR_INVALID_HANDLE);
    for (const Work& work : executable->work) submit(stream, work);
    return CUDA_SUCCESS;
}

API cuGraphDestroy(CUgraph graph)
{
    delete graph;
    return CUDA_SUCCESS;
}

API cuGraphExecDestroy(CUgraph executable) { return cuGraphDestroy(executable); }
