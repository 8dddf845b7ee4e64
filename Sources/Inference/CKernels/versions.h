// What the files of this folder share: each instruction set's table, and what dispatch.c asks of it.
#ifndef VERSIONS_H
#define VERSIONS_H

#include "CKernels.h"

// Keys of an attention tile. Tiles begin at multiples of it, and no tile lies in two blocks.
enum { attention_tile = 64 };
_Static_assert(DK_BLOCK_KEYS % attention_tile == 0, "a tile lies in one block");

extern const dk_kernels dk_portable;
#if defined(__x86_64__)
extern const dk_kernels dk_avx2, dk_avx2vnni, dk_avx512, dk_avx512vnni, dk_avx512bf16;
#elif defined(__aarch64__)
extern const dk_kernels dk_neon, dk_neondot, dk_neoni8mm;
#endif

// Floats in the widest vectors that this processor and system have.
size_t dk_vector_lanes(void);

// How many keys query `i` sees.
static inline size_t visible_keys(const dk_attention *a, size_t i) {
    if (a->first_visible >= a->keys || i >= a->keys - a->first_visible) return a->keys;
    return a->first_visible + i + 1;
}

static inline const float *key_row(const dk_attention *a, size_t key) {
    return a->k[key / a->block_keys] + key % a->block_keys * a->k_stride;
}

static inline const float *value_row(const dk_attention *a, size_t key) {
    return a->v[key / a->block_keys] + key % a->block_keys * a->v_stride;
}

#endif
