// What streams hold, and when it is done. Work in a stream may wait until somebody synchronises (MINISTACK_EMULATOR_LAZY=1), and an
// error of a kernel is reported by a later call, and by all after it: no more than the driver promises.
#pragma once
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "driver.h"

using Clock = std::chrono::steady_clock;
using Work = std::function<void()>;

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

/// A mark in a stream. Who waits for an event waits for its last mark at that time: it may be in another stream later.
struct Mark
{
    CUstream stream;
    bool done = false;
    Clock::time_point time = {};
};

struct Event
{
    std::shared_ptr<Mark> mark; // none: never recorded
};

extern std::recursive_mutex gate; // one call at a time: a kernel is work of the calling thread
extern int broken;                // the error of a kernel: all later calls that work on the device answer with it

/// An environment variable as a number.
int setting(const char* name, int otherwise);

/// Can this thread work on the device now?
CUresult ready();

#define CALL() \
    std::lock_guard<std::recursive_mutex> lock(gate); \
    if (CUresult error = ready()) return error
#define REQUIRE(condition, error) \
    if (!(condition)) return error

/// Appends work to a stream, or to the graph that it is being captured into.
CUresult submit(CUstream stream, Work work);

/// Does what a stream, or every stream, holds.
void finish(CUstream stream);
void finish_all();

/// Does what a stream holds up to a mark, if there is one.
void wait_for(const std::shared_ptr<Mark>& mark);

void add_stream(CUstream stream);
void remove_stream(CUstream stream);
bool known(CUstream stream);
Stream& of(CUstream stream);
