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

// Attention over pairs: of neighbouring elements for the scores, of neighbouring keys for the outputs. `queries` and `keys` hold a pair
// where the float version holds a number, `own_values` [attention_tile/2, head_dim] pairs of keys.

INLINE __m512i narrowed_pair(vfloat low, vfloat high) {  // lane: low's, then high's number
    return (__m512i)((rounded_bits(low) >> 16) | (rounded_bits(high) & 0xffff0000));
}

// 32 numbers, of which `count` are there, as 16 pairs of neighbours.
INLINE vfloat narrowed_neighbours(const float *p, size_t count) {
    vfloat low = count >= LANES ? load(p) : load_part(p, count);
    vfloat high = count >= 2 * LANES ? load(p + LANES) : count > LANES ? load_part(p + LANES, count - LANES) : splat(0);
    return (vfloat)_mm512_cvtne2ps_pbh((__m512)high, (__m512)low);
}

INLINE size_t pair_count(const attention_state *s) { return (s->head_dim + 1) / 2; }

static void pack_pair_queries(attention_state *s, const dk_attention *a, size_t first, size_t count) {
    size_t pairs = pair_count(s);
    for (size_t r = 0; r < count; r++) {
        const float *from = a->q + (first + r) * a->q_stride;
        for (size_t d = 0; d < s->head_dim; d += 2 * LANES) {
            size_t there = pairs - d / 2 < LANES ? pairs - d / 2 : LANES;
            store_part(s->queries + r * pairs + d / 2, narrowed_neighbours(from + d, s->head_dim - d), there);
        }
    }
}

static void pack_pair_tile(attention_state *s, const dk_attention *a, size_t first, size_t count, size_t queries) {
    (void)queries;
    const float *k = key_row(a, first), *v = value_row(a, first);
    size_t pairs = pair_count(s);
    for (size_t key = 0; key < attention_tile; key += LANES) {
        for (size_t d = 0; d < s->head_dim; d += 2 * LANES) {
            size_t there = pairs - d / 2 < LANES ? pairs - d / 2 : LANES;
            vfloat rows[LANES];
            UNROLLED for (size_t i = 0; i < LANES; i++) {
                rows[i] = splat(0);
                if (key + i < count) rows[i] = narrowed_neighbours(k + (key + i) * a->k_stride + d, s->head_dim - d);
            }
            store_turned(s->keys, key, rows, d / 2, there);
        }
    }
    for (size_t j = 0; j < count; j += 2) {
        const float *even = v + j * a->v_stride, *odd = even + a->v_stride;
        for (size_t d = 0; d < s->head_dim; d += LANES) {
            size_t there = s->head_dim - d < LANES ? s->head_dim - d : LANES;
            vfloat high = j + 1 < count ? load_part(odd + d, there) : splat(0);
            store_part(s->own_values + j / 2 * s->head_dim + d, (vfloat)narrowed_pair(load_part(even + d, there), high), there);
        }
    }
}

INLINE void score_pair_rows(attention_state *s, const float *queries, const int rows) {
    size_t pairs = pair_count(s);
    vfloat sums[attention_rows][tile_vectors];
    UNROLLED for (int r = 0; r < rows; r++) UNROLLED for (int i = 0; i < tile_vectors; i++) sums[r][i] = splat(0);
    ROLLED for (size_t d = 0; d < pairs; d++) {
        const float *column = s->keys + d * attention_tile;
        UNROLLED for (int r = 0; r < rows; r++) {
            __m512i query = (__m512i)splat(queries[(size_t)r * pairs + d]);
            UNROLLED for (int i = 0; i < tile_vectors; i++) {
                sums[r][i] = pair_products(query, (__m512i)load(column + i * LANES), sums[r][i]);
            }
        }
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int i = 0; i < tile_vectors; i++) store(&s->weights[r][i * LANES], sums[r][i] * splat(s->scale));
    }
}

INLINE void add_pair_columns(attention_state *s, float *out, size_t out_stride, const float *values, size_t pairs,
                             const int rows, const int vectors, size_t lanes) {
    vfloat sums[attention_rows][4];
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int i = 0; i < vectors; i++) {
            sums[r][i] = load_part(out + (size_t)r * out_stride + i * LANES, lanes) * splat(s->kept[r]);
        }
    }
    ROLLED for (size_t j = 0; j < pairs; j++) {
        __m512i value[4];
        UNROLLED for (int i = 0; i < vectors; i++) {
            value[i] = (__m512i)load_part(values + j * s->head_dim + i * LANES, lanes);
        }
        UNROLLED for (int r = 0; r < rows; r++) {
            __m512i weight = (__m512i)splat(s->weights[r][j]);
            UNROLLED for (int i = 0; i < vectors; i++) sums[r][i] = pair_products(weight, value[i], sums[r][i]);
        }
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int i = 0; i < vectors; i++) {
            store_part(out + (size_t)r * out_stride + i * LANES, sums[r][i], lanes);
        }
    }
}

INLINE void add_pair_rows(attention_state *s, float *out, size_t out_stride, size_t pairs, const int rows) {
    size_t d = 0;
    for (; d + 4 * LANES <= s->head_dim; d += 4 * LANES) {
        add_pair_columns(s, out + d, out_stride, s->own_values + d, pairs, rows, 4, LANES);
    }
    for (; d + LANES <= s->head_dim; d += LANES) {
        add_pair_columns(s, out + d, out_stride, s->own_values + d, pairs, rows, 1, LANES);
    }
    if (d < s->head_dim) {
        add_pair_columns(s, out + d, out_stride, s->own_values + d, pairs, rows, 1, s->head_dim - d);
    }
}

static void score_pairs(attention_state *s, size_t row, size_t rows) {
    const float *queries = s->queries + row * pair_count(s);
#define SCORE(n) score_pair_rows(s, queries, n)
    FOR_ROWS(rows, SCORE)
#undef SCORE
}

static void add_pair_values(attention_state *s, float *out, size_t out_stride, size_t rows, size_t count) {
    for (size_t r = 0; r < rows; r++) {  // 64 weights become 32 pairs, in place
        UNROLLED for (int i = 0; i < tile_vectors / 2; i++) {
            store(&s->weights[r][i * LANES], narrowed_neighbours(&s->weights[r][2 * i * LANES], 2 * LANES));
        }
    }
#define ADD(n) add_pair_rows(s, out, out_stride, (count + 1) / 2, n)
    FOR_ROWS(rows, ADD)
#undef ADD
}

static void attend_bf16(const dk_attention *a, float *scratch) {
    attend_by(a, scratch, (attention_steps){pack_pair_queries, pack_pair_tile, score_pairs, add_pair_values});
}

#define VERSION_NAME "avx512-bf16"
#define VERSION dk_avx512bf16
#include "../vector/version.h"

#pragma clang attribute pop
#endif
