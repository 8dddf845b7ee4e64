// What the files of this folder share: each instruction set's table, and what dispatch.c asks of it.
#ifndef VERSIONS_H
#define VERSIONS_H

#include "CKernels.h"

extern const dk_kernels dk_portable;
#if defined(__x86_64__)
extern const dk_kernels dk_avx2, dk_avx2vnni, dk_avx512, dk_avx512vnni, dk_avx512bf16;
#elif defined(__aarch64__)
extern const dk_kernels dk_neon, dk_neondot, dk_neoni8mm;
#endif

// Floats in the widest vectors that this processor and system have.
size_t dk_vector_lanes(void);

// How many keys row `i` sees.
static inline size_t visible_keys(const dk_attention *a, size_t i) {
    if (a->first_visible >= a->keys || i >= a->keys - a->first_visible) return a->keys;
    return a->first_visible + i + 1;
}

#endif
