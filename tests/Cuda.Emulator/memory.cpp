#include "memory.h"

#include <cstdlib>
#include <cstring>
#include <map>
#include <sys/mman.h>

namespace
{
constexpr size_t PageBytes = 4096, Alignment = 16; // the driver aligns to 256; closer to the guard page, more mistakes are seen

struct Block
{
    size_t bytes, mapped;
    void* mapping;
};

std::map<uint64_t, Block> blocks; // by address
size_t used;

size_t limit()
{
    const char* bytes = getenv("MINISTACK_EMULATOR_MEMORY");
    return bytes ? strtoull(bytes, nullptr, 10) : size_t(4) << 30;
}

/// The block that starts at or before an address.
std::map<uint64_t, Block>::iterator before(uint64_t address)
{
    auto next = blocks.upper_bound(address);
    return next == blocks.begin() ? blocks.end() : std::prev(next);
}
}

uint64_t device_alloc(size_t bytes)
{
    if (bytes > limit() || used > limit() - bytes) return 0;
    size_t padded = (bytes + Alignment - 1) / Alignment * Alignment, pages = (padded + PageBytes - 1) / PageBytes * PageBytes;
    size_t mapped = pages + PageBytes;
    char* mapping = (char*)mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapping == MAP_FAILED) return 0;
    mprotect(mapping + pages, PageBytes, PROT_NONE);
    memset(mapping, 0xFF, pages); // NaN: nothing that was never written looks like a result
    uint64_t address = (uint64_t)(mapping + pages - padded);
    blocks[address] = {bytes, mapped, mapping};
    used += bytes;
    return address;
}

bool device_free(uint64_t address)
{
    auto block = blocks.find(address);
    if (block == blocks.end()) return false;
    munmap(block->second.mapping, block->second.mapped);
    used -= block->second.bytes;
    blocks.erase(block);
    return true;
}

bool device_holds(uint64_t address, size_t bytes)
{
    auto block = before(address);
    return block != blocks.end() && address - block->first <= block->second.bytes && bytes <= block->second.bytes - (address - block->first);
}

void device_capacity(size_t& free, size_t& total)
{
    total = limit();
    free = used < total ? total - used : 0;
}

std::string describe_address(const void* address)
{
    auto block = before((uint64_t)address);
    if (block == blocks.end()) return "before all of the device's memory";
    uint64_t past = (uint64_t)address - block->first;
    if (past > block->second.mapped) return "not in the device's memory";
    return std::to_string(past - block->second.bytes) + " bytes behind the end of a block of " + std::to_string(block->second.bytes);
}
