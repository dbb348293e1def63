#include "threads.h"

#include <algorithm>
#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <link.h>
#include <pthread.h>
#include <sys/mman.h>
#include <vector>

#include "memory.h"

Index threadIdx, blockIdx, blockDim, gridDim;

namespace
{
constexpr unsigned WarpSize = 32;
constexpr size_t StackBytes = 128 << 10, PageBytes = 4096;

/// A line with a barrier, or a shuffle and its mask.
struct Place
{
    const char* name;
    int number;

    bool operator!=(const Place& other) const { return name != other.name || number != other.number; }
    std::string text() const
    {
        const char* file = strrchr(name, '/');
        return std::string(file ? file + 1 : name) + ":" + std::to_string(number);
    }
};

/// Where threads wait for each other. Who arrives last opens the next round; the others go on when they see it.
struct Meeting
{
    unsigned arrived, round;
    Place place;
};

struct Warp
{
    Meeting meeting;
    int values[2][WarpSize]; // a fast lane may bring its next value while a slow one still reads
};

struct Fiber
{
    char* stack;             // null before the first turn and after the last
    void* top;               // the stack pointer while others run
    const Meeting* waits_at; // null: it can run
    unsigned round;
    bool done;
};

Fiber fibers[1024];
Warp warps[1024 / WarpSize];
Meeting barrier;
unsigned count, current;
void* scheduler_top;
std::vector<char*> free_stacks;
const std::function<void()>* body;
sigjmp_buf abandon;
LaunchFailure failure;

// switch_stack saves the registers that a function must keep on this stack, notes its top, and goes on with another stack.
// A new stack holds zeros for those registers and the address of fiber_main.
extern "C" void switch_stack(void** save, void* to);
extern "C" void fiber_main();

#if defined(__x86_64__)
asm(R"(
    .text
    .hidden switch_stack
    .globl switch_stack
switch_stack:
    push %rbp
    push %rbx
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, (%rdi)
    mov %rsi, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbx
    pop %rbp
    ret
)");
constexpr int SavedWords = 6, WordsAbove = 1; // at its first instruction a function's stack is 8 away from a multiple of 16
#elif defined(__aarch64__)
asm(R"(
    .text
    .hidden switch_stack
    .globl switch_stack
switch_stack:
    sub sp, sp, #160
    stp x19, x20, [sp, #0]
    stp x21, x22, [sp, #16]
    stp x23, x24, [sp, #32]
    stp x25, x26, [sp, #48]
    stp x27, x28, [sp, #64]
    stp d8, d9, [sp, #80]
    stp d10, d11, [sp, #96]
    stp d12, d13, [sp, #112]
    stp d14, d15, [sp, #128]
    stp x29, x30, [sp, #144]
    mov x9, sp
    str x9, [x0]
    mov sp, x1
    ldp x19, x20, [sp, #0]
    ldp x21, x22, [sp, #16]
    ldp x23, x24, [sp, #32]
    ldp x25, x26, [sp, #48]
    ldp x27, x28, [sp, #64]
    ldp d8, d9, [sp, #80]
    ldp d10, d11, [sp, #96]
    ldp d12, d13, [sp, #112]
    ldp d14, d15, [sp, #128]
    ldp x29, x30, [sp, #144]
    add sp, sp, #160
    ret
)");
constexpr int SavedWords = 19, WordsAbove = 0;
#else
#error The emulator switches stacks on x86-64 and ARM64 only.
#endif

std::string here()
{
    char text[160];
    snprintf(text, sizeof text, "block (%u, %u, %u), thread (%u, %u, %u)", blockIdx.x, blockIdx.y, blockIdx.z, threadIdx.x, threadIdx.y, threadIdx.z);
    return text;
}

Index index_of(unsigned thread) { return {thread % blockDim.x, thread / blockDim.x % blockDim.y, thread / blockDim.x / blockDim.y}; }

/// Ends the launch; the stacks of all threads are abandoned as they are.
[[noreturn]] void fail(int code, const std::string& message)
{
    failure = {code, message};
    siglongjmp(abandon, 1);
}

void leave() { switch_stack(&fibers[current].top, scheduler_top); }

extern "C" void fiber_main()
{
    (*body)();
    fibers[current].done = true;
    leave();
    abort(); // nobody continues a thread that is done
}

char* new_stack()
{
    if (!free_stacks.empty())
    {
        char* stack = free_stacks.back();
        free_stacks.pop_back();
        return stack;
    }
    char* stack = (char*)mmap(nullptr, StackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stack == MAP_FAILED) fail(2, "no memory for a thread's stack");
    mprotect(stack, PageBytes, PROT_NONE);
    return stack;
}

void resume(unsigned number)
{
    Fiber& fiber = fibers[current = number];
    threadIdx = index_of(number);
    if (!fiber.stack)
    {
        fiber.stack = new_stack();
        void** top = (void**)(fiber.stack + StackBytes) - WordsAbove - SavedWords - 1;
        memset(top, 0, SavedWords * sizeof(void*));
        top[SavedWords] = (void*)fiber_main;
        fiber.top = top;
    }
    fiber.waits_at = nullptr;
    switch_stack(&scheduler_top, fiber.top);
    if (!fiber.done) return;
    free_stacks.push_back(fiber.stack); // a thread that never waited leaves its warm stack to the next
    fiber.stack = nullptr;
}

void meet(Meeting& meeting, unsigned expected, Place place)
{
    if (meeting.arrived == 0) meeting.place = place;
    else if (meeting.place != place)
        fail(719, "threads of one group wait at different places: " + meeting.place.text() + " and " + place.text() + "; " + here());
    if (++meeting.arrived == expected)
    {
        meeting.arrived = 0;
        meeting.round++;
        return;
    }
    fibers[current].waits_at = &meeting;
    fibers[current].round = meeting.round;
    leave();
}

/// Shared memory: this library's thread-local section, which holds nothing else.
struct Section
{
    void* start;
    size_t bytes;
};

thread_local char section_exists; // the section of a thread is made when it is first used

Section shared_memory()
{
    section_exists = 1;
    Section section = {};
    dl_iterate_phdr([](dl_phdr_info* info, size_t, void* to)
    {
        bool mine = false;
        size_t bytes = 0;
        for (int i = 0; i < info->dlpi_phnum; i++)
        {
            const ElfW(Phdr)& part = info->dlpi_phdr[i];
            uintptr_t start = info->dlpi_addr + part.p_vaddr, function = (uintptr_t)&fiber_main;
            if (part.p_type == PT_LOAD && function - start < part.p_memsz) mine = true;
            if (part.p_type == PT_TLS) bytes = part.p_memsz;
        }
        if (mine) *(Section*)to = {info->dlpi_tls_data, bytes};
        return (int)mine;
    }, &section);
    return section;
}

/// Lets the threads of a warp take turns until all of them are done or wait for other warps; how many got done.
unsigned run_warp(unsigned first, bool reverse, bool& moved)
{
    unsigned done = 0, lanes = std::min(WarpSize, count - first);
    for (bool again = true; again;)
    {
        again = false;
        for (unsigned step = 0; step < lanes; step++)
        {
            unsigned number = first + (reverse ? lanes - 1 - step : step);
            Fiber& fiber = fibers[number];
            if (fiber.done || (fiber.waits_at && fiber.waits_at->round == fiber.round)) continue;
            resume(number);
            done += fiber.done;
            again = moved = true;
        }
    }
    return done;
}

/// Warp by warp: each gets as far ahead of the others as it can, which is what a missing barrier must fear.
void run_block(bool reverse)
{
    for (unsigned i = 0; i < count; i++) fibers[i] = {};
    for (Warp& warp : warps) warp.meeting = {};
    barrier = {};
    for (unsigned left = count, number_of_warps = (count + WarpSize - 1) / WarpSize; left > 0;)
    {
        bool moved = false;
        for (unsigned warp = 0; warp < number_of_warps; warp++)
            left -= run_warp(WarpSize * (reverse ? number_of_warps - 1 - warp : warp), reverse, moved);
        if (moved) continue;
        for (unsigned i = 0; i < count; i++)
        {
            if (fibers[i].done) continue;
            threadIdx = index_of(i);
            fail(719, "a thread waits at " + fibers[i].waits_at->place.text() + " for others that left or wait elsewhere; " + here());
        }
    }
}

pthread_t launching;
struct sigaction previous;

/// A fault in a kernel ends the launch; a fault elsewhere in the process belongs to whoever handled it before.
void on_fault(int number, siginfo_t* info, void* context)
{
    char *stack = fibers[current].stack, *address = (char*)info->si_addr;
    if (pthread_equal(pthread_self(), launching))
    {
        if (address >= stack && address < stack + PageBytes) fail(719, "the stack of a thread is full; " + here());
        fail(700, "illegal address: " + describe_address(address) + "; " + here());
    }
    if (previous.sa_flags & SA_SIGINFO) previous.sa_sigaction(number, info, context);
    else sigaction(number, &previous, nullptr); // the default: the same instruction faults once more
}
}

void sync_threads(const char* file, int line)
{
    meet(barrier, count, {file, line});
}

int shuffle_xor(int value, int mask)
{
    Warp& warp = warps[current / WarpSize];
    unsigned lane = current % WarpSize, turn = warp.meeting.round % 2;
    warp.values[turn][lane] = value;
    meet(warp.meeting, WarpSize, {"a shuffle by", mask});
    return warp.values[turn][lane ^ mask];
}

LaunchFailure run_grid(Index grid, Index block, bool uses_shared, const std::function<void()>& thread)
{
    const char* variable = getenv("MINISTACK_EMULATOR_ORDER");
    std::string order = variable ? variable : "forward";
    gridDim = grid;
    blockDim = block;
    count = block.x * block.y * block.z;
    failure = {};

    launching = pthread_self();
    struct sigaction action = {};
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigaction(SIGSEGV, &action, &previous);
    body = &thread;
    if (sigsetjmp(abandon, 1) == 0)
    {
        Section shared = uses_shared ? shared_memory() : Section{};
        uint64_t blocks = (uint64_t)grid.x * grid.y * grid.z;
        for (uint64_t i = 0; i < blocks; i++)
        {
            uint64_t at = order == "reverse" ? blocks - 1 - i : i;
            blockIdx = {(unsigned)(at % grid.x), (unsigned)(at / grid.x % grid.y), (unsigned)(at / grid.x / grid.y)};
            if (shared.bytes) memset(shared.start, 0xFF, shared.bytes); // NaN for floats, −1 for integers
            run_block(order != "forward");
        }
    }
    body = nullptr;
    sigaction(SIGSEGV, &previous, nullptr);
    return failure;
}
