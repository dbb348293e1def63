// Copies, streams, events and graphs.
#include <algorithm>
#include <cstring>

#include "memory.h"
#include "work.h"

static Work memory_copy(void* to, const void* from, size_t bytes)
{
    return [=] { memmove(to, from, bytes); };
}

API cuMemcpyHtoD_v2(CUdeviceptr to, const void* from, size_t bytes)
{
    CALL();
    REQUIRE(device_holds(to, bytes), CUDA_ERROR_INVALID_VALUE);
    submit(nullptr, memory_copy((void*)to, from, bytes));
    finish(nullptr);
    return broken;
}

API cuMemcpyDtoH_v2(void* to, CUdeviceptr from, size_t bytes)
{
    CALL();
    REQUIRE(device_holds(from, bytes), CUDA_ERROR_INVALID_VALUE);
    submit(nullptr, memory_copy(to, (void*)from, bytes));
    finish(nullptr);
    return broken;
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
    return submit(stream, [=] { std::fill_n((unsigned*)to, count, value); });
}

// Streams and events.

API cuStreamCreate(CUstream* stream, unsigned flags)
{
    CALL();
    *stream = new Stream;
    (*stream)->blocking = !(flags & 1);
    add_stream(*stream);
    return CUDA_SUCCESS;
}

API cuStreamDestroy_v2(CUstream stream)
{
    CALL();
    REQUIRE(stream && known(stream), CUDA_ERROR_INVALID_HANDLE);
    finish(stream);
    remove_stream(stream);
    delete stream;
    return CUDA_SUCCESS;
}

API cuStreamSynchronize(CUstream stream)
{
    CALL();
    REQUIRE(known(stream), CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(!of(stream).capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    finish(stream);
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
    return submit(stream, [mark = event->mark] { wait_for(mark); });
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
    wait_for(event->mark);
    delete event;
    return CUDA_SUCCESS;
}

API cuEventRecord(CUevent event, CUstream stream)
{
    CALL();
    REQUIRE(known(stream), CUDA_ERROR_INVALID_HANDLE);
    event->mark.reset(new Mark{stream});
    return submit(stream, [mark = event->mark]
    {
        mark->done = true;
        mark->time = Clock::now();
    });
}

API cuEventQuery(CUevent event)
{
    CALL();
    return !event->mark || event->mark->done ? CUDA_SUCCESS : CUDA_ERROR_NOT_READY;
}

API cuEventSynchronize(CUevent event)
{
    CALL();
    wait_for(event->mark);
    return broken;
}

API cuEventElapsedTime(float* milliseconds, CUevent start, CUevent end)
{
    CALL();
    REQUIRE(start->mark && end->mark, CUDA_ERROR_INVALID_HANDLE);
    REQUIRE(start->mark->done && end->mark->done, CUDA_ERROR_NOT_READY);
    *milliseconds = std::chrono::duration<float, std::milli>(end->mark->time - start->mark->time).count();
    return CUDA_SUCCESS;
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
