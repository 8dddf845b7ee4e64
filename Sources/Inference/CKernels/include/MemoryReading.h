// How fast memory is read: the yardstick for kernels that stream weights.
#ifndef MEMORY_READING_H
#define MEMORY_READING_H

#include <stddef.h>
#include <stdint.h>

// Memory of its own, aligned to pages; NULL when there is none. It is given pages where it is first touched.
uint8_t *_Nullable dk_reading_memory(size_t bytes);
void dk_reading_memory_free(uint8_t *_Nonnull memory, size_t bytes);
// Writes to all of it.
void dk_touch(uint8_t *_Nonnull memory, size_t bytes);
// Reads all of it: the sum of its words, `bytes` a multiple of 8 at an address that is one.
uint64_t dk_read(const uint8_t *_Nonnull memory, size_t bytes);

#endif
