// A grid of threads on one CPU: each CUDA thread is a fiber with a stack of its own, and they take turns at barriers and shuffles.
#pragma once
#include <functional>
#include <string>

#include "emulator.h"

struct LaunchFailure
{
    int code = 0; // a CUresult
    std::string message;
};

/// Runs `thread` once for every thread of the grid. MINISTACK_EMULATOR_ORDER: forward (the default), reverse, or mixed, where threads go
/// backward and blocks forward; a kernel that lacks a barrier may be right in one of them.
/// `uses_shared`: shared memory is filled with NaN before each block.
LaunchFailure run_grid(Index grid, Index block, bool uses_shared, const std::function<void()>& thread);
