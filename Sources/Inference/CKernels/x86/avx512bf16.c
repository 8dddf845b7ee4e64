#if defined(__x86_64__)
// AVX-512 with products of bfloat16 (Zen 4, Sapphire Rapids and later).
#include <immintrin.h>

#define LANES 16
#define NATIVE_BF16

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,fma,f16c"))), apply_to = function)

#define DOT _mm512_dpbusd_epi32
#define DOT_WORDS _mm512_dpwssd_epi32

#include "../packed/dot.h"
#include "../packed/rows.h"
#include "../vector/attention.h"
#include "../vector/elements.h"
#include "../vector/norms.h"
#include "../vector/products.h"

// Each lane adds two products. Subnormal factors count as zero.
INLINE vfloat pair_products(__m512i left, __m512i right, vfloat sum) {
    return (vfloat)_mm512_dpbf16_ps((__m512)sum, (__m512bh)left, (__m512bh)right);
}

INLINE __m512i load_some_halves(const char *p, size_t bytes) {
    return _mm512_maskz_loadu_epi16((__mmask32)((1u << bytes / 2) - 1), p);
}

INLINE void bf16_step(const tile_work *t, vfloat (*sums)[wide_columns], size_t k, size_t bytes, const int rows, const int columns) {
#define HALVES(p) (bytes == 64 ? _mm512_loadu_si512((p) + k) : load_some_halves((p) + k, bytes))
    if (columns <= rows) {
        __m512i right[wide_columns];
        UNROLLED for (int c = 0; c < columns; c++) right[c] = HALVES(t->w[c]);
        UNROLLED for (int r = 0; r < rows; r++) {
            __m512i left = HALVES(t->x + (size_t)r * t->x_step);
            UNROLLED for (int c = 0; c < columns; c++) sums[r][c] = pair_products(left, right[c], sums[r][c]);
        }
    } else {
        __m512i left[tile_rows];
        UNROLLED for (int r = 0; r < rows; r++) left[r] = HALVES(t->x + (size_t)r * t->x_step);
        UNROLLED for (int c = 0; c < columns; c++) {
            __m512i right = HALVES(t->w[c]);
            UNROLLED for (int r = 0; r < rows; r++) sums[r][c] = pair_products(left[r], right, sums[r][c]);
        }
    }
#undef HALVES
}

INLINE void bf16_tile(const tile_work *t, const int rows, const int columns) {
    TILE_SUMS(bf16_step)
}

TILES(bf16_tile, sizeof(uint16_t))

static void matmul_bf16(float *y, size_t y_stride, const uint16_t *x, size_t x_stride, size_t rows,
                        const uint16_t *w, size_t w_stride, size_t columns, size_t depth) {
    product(y, y_stride, x, x_stride * sizeof *x, rows, w, w_stride * sizeof *w, columns, depth, &bf16_tiles);
}

#include "pair_attention.h"

#define VERSION_NAME "avx512-bf16"
#define VERSION dk_avx512bf16
#include "../vector/version.h"

#pragma clang attribute pop
#endif
