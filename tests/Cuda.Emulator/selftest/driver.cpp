#include "checks.h"

/// The driver itself: what it must refuse, and when work is done.
void test_driver()
{
    CUdeviceptr at = 0;
    setenv("MINISTACK_EMULATOR_MEMORY", "1000000", 1);
    check(cuMemAlloc_v2(&at, 2000000) == CUDA_ERROR_OUT_OF_MEMORY, "more memory than there is");
    unsetenv("MINISTACK_EMULATOR_MEMORY");

    setenv("MINISTACK_EMULATOR_LAZY", "1", 1);
    {
        CUstream first, second;
        CUevent event, later;
        cuStreamCreate(&first, 1);
        cuStreamCreate(&second, 1);
        cuEventCreate(&event, 0);
        cuEventCreate(&later, 0);
        Buffer<float> x(std::vector<float>(4, 1.f));
        float* host;
        succeed(cuMemHostAlloc((void**)&host, 16, 0), "cuMemHostAlloc");
        host[0] = 0;
        cuMemsetD32Async(x.at, 0x40000000, 4, first); // 2.0
        cuEventRecord(event, first);
        cuStreamWaitEvent(second, event, 0);
        cuMemcpyDtoHAsync_v2(host, x.at, 16, second);
        cuEventRecord(later, second);
        check(host[0] == 0 && cuEventQuery(event) == CUDA_ERROR_NOT_READY, "work was done before anyone waited");
        succeed(cuEventSynchronize(later), "cuEventSynchronize");
        check(host[0] == 2 && cuEventQuery(event) == CUDA_SUCCESS, "an event did not wait for another stream");
        float milliseconds;
        succeed(cuEventElapsedTime(&milliseconds, event, later), "cuEventElapsedTime");

        cuMemsetD32Async(x.at, 0x40400000, 4, first); // 3.0
        cuEventRecord(event, first);
        cuStreamWaitEvent(second, event, 0);
        cuEventRecord(event, second); // whoever waits already waits for the first stream
        cuMemcpyDtoHAsync_v2(host, x.at, 16, second);
        succeed(cuStreamSynchronize(second), "cuStreamSynchronize");
        check(host[0] == 3, "a wait was for a later record of its event");
        cuMemsetD32Async(x.at, 0x40000000, 4, first); // 2.0

        CUgraph graph, executable;
        cuStreamBeginCapture_v2(first, 0);
        cuMemsetD32Async(x.at, 0x40400000, 4, first); // 3.0
        cuStreamEndCapture(first, &graph);
        cuGraphInstantiateWithFlags(&executable, graph, 0);
        succeed(cuStreamSynchronize(first), "cuStreamSynchronize");
        check(x.read()[0] == 2, "capturing ran the work");
        succeed(cuGraphLaunch(executable, first), "cuGraphLaunch");
        succeed(cuStreamSynchronize(first), "cuStreamSynchronize");
        check(x.read()[0] == 3, "a graph did not run");
        cuGraphDestroy(graph);
        cuGraphExecDestroy(executable);
        cuEventDestroy_v2(event);
        cuEventDestroy_v2(later);
        cuStreamDestroy_v2(first);
        cuStreamDestroy_v2(second);
        cuMemFreeHost(host);
    }
    unsetenv("MINISTACK_EMULATOR_LAZY");

    fprintf(stderr, "The next four messages are expected.\n");
    CUmodule module;
    check(cuModuleLoadData(&module, ".version 7.0\n.visible .entry add_f32(\n\t.param .u64 a\n)\n{\n}\n") == CUDA_ERROR_INVALID_PTX, "other parameters");
    check(cuModuleLoadData(&module, ".version 7.0\n.visible .entry none()\n{\n}\n") == CUDA_ERROR_INVALID_PTX, "a kernel that is not there");
    check(cuModuleLoadData(&module, ".version 9.0\n") == CUDA_ERROR_UNSUPPORTED_PTX_VERSION, "PTX that is too new");

    // An error of a kernel is reported by the next call and by all that follow, until the context is left.
    CUdevice device;
    CUcontext context;
    cuDeviceGet(&device, 0);
    auto fails_with = [&](int error, const std::string& what)
    {
        check(cuCtxSynchronize() == error, what);
        check(cuMemAlloc_v2(&at, 4) == error, what + ", remembered");
        cuDevicePrimaryCtxRelease_v2(device);
        cuDevicePrimaryCtxRetain(&context, device);
    };
    Buffer<float> x(1024), y(1024);
    launch("negate_f32", {5}, {256}, x.at, line(1024), y.at, (int64)1025);
    fails_with(CUDA_ERROR_ILLEGAL_ADDRESS, "an element behind the end");
    launch("sum_rows_f32", {1}, {16}, x.at, line(1), line(1024), y.at, (int64)1, (int64)1024, (int64)1024);
    fails_with(CUDA_ERROR_LAUNCH_FAILED, "a shuffle with half a warp");
    void* none[32] = {};
    check(cuLaunchKernel(functions["matmul_64_f32"], 1, 1, 1, 512, 1, 1, 0, nullptr, none, nullptr) == CUDA_ERROR_INVALID_VALUE, "too many threads");
}
