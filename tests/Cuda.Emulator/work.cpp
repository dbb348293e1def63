#include "work.h"

#include <cstdlib>
#include <set>

std::recursive_mutex gate;
int broken;

namespace
{
Stream null_stream;
std::set<CUstream> streams;

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
}

int setting(const char* name, int otherwise)
{
    const char* value = getenv(name);
    return value ? atoi(value) : otherwise;
}

Stream& of(CUstream stream) { return stream ? *stream : null_stream; }

bool known(CUstream stream) { return !stream || streams.count(stream); }

void add_stream(CUstream stream) { streams.insert(stream); }

void remove_stream(CUstream stream) { streams.erase(stream); }

void finish(CUstream stream) { finish(of(stream)); }

void finish_all()
{
    finish(null_stream);
    for (CUstream stream : streams) finish(*stream);
}

CUresult submit(CUstream to, Work work)
{
    Stream& stream = of(to);
    if (stream.capture)
    {
        stream.capture->work.push_back(std::move(work));
        return CUDA_SUCCESS;
    }
    // The null stream and each blocking stream wait for the other's work so far.
    if (to && stream.blocking) finish(null_stream);
    for (CUstream other : streams)
        if (!to && other->blocking) finish(*other);
    stream.work.push_back(std::move(work));
    if (!setting("MINISTACK_EMULATOR_LAZY", 0)) finish(stream);
    return CUDA_SUCCESS;
}

void wait_for(const std::shared_ptr<Mark>& mark)
{
    while (mark && !mark->done && !of(mark->stream).work.empty()) run_next(of(mark->stream));
}
