// Memory that is only read, to learn how fast it can be.
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>

#include "CKernels.h"

uint8_t *dk_reading_memory(size_t bytes) {
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void dk_reading_memory_free(uint8_t *memory, size_t bytes) { munmap(memory, bytes); }

void dk_touch(uint8_t *memory, size_t bytes) { memset(memory, 1, bytes); }

uint64_t dk_read(const uint8_t *memory, size_t bytes) {
    // Cheaper than what memory delivers even with the narrowest vectors: the sum is of whole words.
    const uint64_t *words = (const uint64_t *)(const void *)memory;
    uint64_t sum = 0;
    for (size_t i = 0; i < bytes / sizeof *words; i++) sum += words[i];
    return sum;
}
