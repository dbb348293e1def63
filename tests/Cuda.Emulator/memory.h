// The device's memory: pages of this process, each block ending at a page that nobody may touch.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

/// 0 when the block does not fit into the device.
uint64_t device_alloc(size_t bytes);

/// False when no block starts there.
bool device_free(uint64_t address);

/// Whether some block holds these bytes.
bool device_holds(uint64_t address, size_t bytes);

void device_capacity(size_t& free, size_t& total);

/// For messages: which block an address is near.
std::string describe_address(const void* address);
