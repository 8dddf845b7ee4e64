// Attention over pairs of bfloat16, for avx512bf16.c: pairs of neighbouring elements for the scores, of neighbouring keys for the outputs.
#ifndef PAIR_ATTENTION_H
#define PAIR_ATTENTION_H

#include "../vector/attention.h"

INLINE vfloat narrowed_pairs(vfloat low, vfloat high) { return (vfloat)_mm512_cvtne2ps_pbh((__m512)high, (__m512)low); }

static void pair_prepare(attention_state *s, const dk_attention *a, size_t first, size_t count) {
    s->width = (a->head_dim + 1) / 2;
    vfloat scale = splat(a->scale * LOG2_E);
    for (size_t r = 0; r < count; r++) {
        const float *from = query_row(a, first + r);
        for (size_t d = 0; d < a->head_dim; d += 2 * LANES) {
            size_t there = a->head_dim - d, pairs = (there + 1) / 2;
            vfloat low = there >= LANES ? load(from + d) : load_part(from + d, there), high = splat(0);
            if (there > LANES) high = there >= 2 * LANES ? load(from + d + LANES) : load_part(from + d + LANES, there - LANES);
            store_part(s->queries + r * s->width + d / 2, narrowed_pairs(low * scale, high * scale), pairs < LANES ? pairs : LANES);
        }
    }
}

INLINE void score_pairs(const attention_state *s, size_t row, vfloat (*scores)[tile_vectors], const int rows) {
    const float *queries = s->queries + row * s->width, *column = s->keys;
    vfloat sums[attention_rows][tile_vectors];
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int i = 0; i < tile_vectors; i++) sums[r][i] = splat(-s->references[row + (size_t)r]);
    }
    ROLLED for (size_t d = 0; d < s->width; d++, column += DK_TILE_KEYS) {
        __m512i keys[tile_vectors];
        UNROLLED for (int i = 0; i < tile_vectors; i++) keys[i] = (__m512i)load(column + i * LANES);
        UNROLLED for (int r = 0; r < rows; r++) {
            __m512i query = (__m512i)splat(queries[(size_t)r * s->width + d]);
            UNROLLED for (int i = 0; i < tile_vectors; i++) sums[r][i] = pair_products(query, keys[i], sums[r][i]);
        }
    }
    UNROLLED for (int r = 0; r < rows; r++) UNROLLED for (int i = 0; i < tile_vectors; i++) scores[r][i] = sums[r][i];
}

// Two to the power of each lane within 1e-4 of it: a weight is rounded to less.
INLINE vfloat rough_power_of_two(vfloat x) {
    vfloat r = (vfloat)_mm512_reduce_ps((__m512)x, _MM_FROUND_TO_NEG_INF);
    vfloat p = splat(7.802452e-2f);
    p = fused(p, r, splat(2.2606716e-1f));
    p = fused(p, r, splat(6.9583356e-1f));
    p = fused(p, r, splat(9.999252e-1f));
    return (vfloat)_mm512_scalef_ps((__m512)p, (__m512)x);
}

// The rounded weights are what is added up, so that a weight's rounding cancels where one key outweighs the others.
INLINE vfloat keep_pairs(float *weights, const vfloat *values, vfloat total) {
    const __m512i ones = (__m512i)(vuint)0x3f803f80;
    UNROLLED for (int i = 0; i < tile_vectors; i += 2) {
        vfloat pairs = narrowed_pairs(values[i], values[i + 1]);
        total = pair_products((__m512i)pairs, ones, total);
        store(weights + i / 2 * LANES, pairs);
    }
    return total;
}

INLINE void add_pair_columns(const attention_state *s, size_t row, size_t line, size_t column, size_t from, size_t end,
                             const int rows, const int vectors, size_t lanes) {
    const float *values = (const float *)s->values + from / 2 * s->head_dim + column;
    float *to = s->sums + row * s->sum_stride + column;
    vfloat sums[attention_rows][8];
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int i = 0; i < vectors; i++) sums[r][i] = load(to + (size_t)r * s->sum_stride + (size_t)i * LANES);
    }
    size_t pairs = end / 2;
    ROLLED for (size_t j = from / 2; j < pairs; j++, values += s->head_dim) {
        __m512i value[8];
        UNROLLED for (int i = 0; i < vectors; i++) value[i] = (__m512i)load_part(values + i * LANES, lanes);
        UNROLLED for (int r = 0; r < rows; r++) {
            __m512i weight = (__m512i)splat(s->weights[line + (size_t)r][j]);
            UNROLLED for (int i = 0; i < vectors; i++) sums[r][i] = pair_products(weight, value[i], sums[r][i]);
        }
    }
    if (end % 2 != 0) {  // the other half is nobody's yet, or another's
        UNROLLED for (int i = 0; i < vectors; i++) {
            __m512i value = (__m512i)((vuint)load_part(values + i * LANES, lanes) & 0xffff);
            UNROLLED for (int r = 0; r < rows; r++) {
                __m512i weight = (__m512i)splat(s->weights[line + (size_t)r][pairs]);
                sums[r][i] = pair_products(weight, value, sums[r][i]);
            }
        }
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int i = 0; i < vectors; i++) store(to + (size_t)r * s->sum_stride + (size_t)i * LANES, sums[r][i]);
    }
}

INLINE void pair_add(const attention_state *s, size_t row, size_t line, size_t from, size_t end, const int rows) {
    size_t d = 0;
    if (rows <= 3) {
        for (; d + 8 * LANES <= s->head_dim; d += 8 * LANES) add_pair_columns(s, row, line, d, from, end, rows, 8, LANES);
    }
    for (; d + 4 * LANES <= s->head_dim; d += 4 * LANES) add_pair_columns(s, row, line, d, from, end, rows, 4, LANES);
    for (; d + LANES <= s->head_dim; d += LANES) add_pair_columns(s, row, line, d, from, end, rows, 1, LANES);
    if (d < s->head_dim) add_pair_columns(s, row, line, d, from, end, rows, 1, s->head_dim - d);
}

INLINE void pair_weigh(attention_state *s, size_t row, size_t line, const size_t *visible, const int rows) {
    vfloat scores[attention_rows][tile_vectors];
    score_pairs(s, row, scores, rows);
    soften(s, scores, row, line, visible, rows, rough_power_of_two, keep_pairs);
}

ATTENTION_STEPS(pair)

static void attend(const dk_attention *a, float *scratch) {
    attend_by(a, scratch, a->format == DK_TILES_F32 ? &float_attention : &pair_attention);
}

#endif
