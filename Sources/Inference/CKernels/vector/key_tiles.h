// Keys and values go into their tiles.
#ifndef VECTOR_KEY_TILES_H
#define VECTOR_KEY_TILES_H

#include "../key_tiles.h"
#include "vectors.h"

enum { tile_vectors = DK_TILE_KEYS / LANES };

#if LANES == 16
#define LOW_HALVES(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH_HALVES(a, b) __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#elif LANES == 8
#define LOW_HALVES(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH_HALVES(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#else
#define LOW_HALVES(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define HIGH_HALVES(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#endif

// Rows become columns: log2(LANES) rounds, each of which interleaves the first half of the rows with the second.
INLINE void turn(vfloat rows[LANES]) {
    UNROLLED for (int round = 1; round < LANES; round *= 2) {
        vfloat next[LANES];
        UNROLLED for (int i = 0; i < LANES / 2; i++) {
            next[2 * i] = LOW_HALVES(rows[i], rows[i + LANES / 2]);
            next[2 * i + 1] = HIGH_HALVES(rows[i], rows[i + LANES / 2]);
        }
        UNROLLED for (int i = 0; i < LANES; i++) rows[i] = next[i];
    }
}

// Rounds 2·LANES neighbours, of which `count` are there, to LANES pairs.
INLINE vfloat rounded_pairs(const float *x, size_t count) {
    vfloat lower = count >= LANES ? load(x) : load_part(x, count);
    vfloat upper = count >= 2 * LANES ? load(x + LANES) : count > LANES ? load_part(x + LANES, count - LANES) : splat(0);
    vhalf halves[2] = {narrowed(lower), narrowed(upper)};
    return load(halves);
}

// Columns `column`... of a key, as many as a vector has: numbers or pairs of them.
INLINE vfloat key_columns(const float *x, size_t head_dim, size_t column, dk_tiles format) {
    if (format == DK_TILES_BF16) return rounded_pairs(x + 2 * column, head_dim - 2 * column);
    size_t there = head_dim - column;
    return there >= LANES ? load(x + column) : load_part(x + column, there);
}

static void write_keys(void *tiles, dk_tiles format, size_t head_dim, size_t first, const float *x, size_t stride, size_t count) {
    size_t columns = format == DK_TILES_F32 ? head_dim : (head_dim + 1) / 2, tile_bytes = dk_tile_bytes(format, head_dim);
    for (size_t i = 0; i < count;) {
        size_t position = (first + i) % DK_TILE_KEYS;
        float *keys = (float *)((char *)tiles + (first + i) / DK_TILE_KEYS * tile_bytes) + position;
        size_t together = position % LANES == 0 && count - i >= LANES ? LANES : 1;
        const float *from = x + i * stride;
        for (size_t c = 0; c < columns; c += LANES) {
            size_t there = columns - c < LANES ? columns - c : LANES;
            if (together == LANES) {
                vfloat rows[LANES];
                UNROLLED for (size_t r = 0; r < LANES; r++) rows[r] = key_columns(from + r * stride, head_dim, c, format);
                turn(rows);
                UNROLLED for (size_t j = 0; j < LANES; j++) {
                    if (j < there) store(keys + (c + j) * DK_TILE_KEYS, rows[j]);
                }
            } else {
                float row[LANES];
                store(row, key_columns(from, head_dim, c, format));
                for (size_t j = 0; j < there; j++) keys[(c + j) * DK_TILE_KEYS] = row[j];
            }
        }
        i += together;
    }
}

static void write_values(void *tiles, dk_tiles format, size_t head_dim, size_t first, const float *x, size_t stride, size_t count) {
    size_t tile_bytes = dk_tile_bytes(format, head_dim), key_bytes = tile_key_bytes(format, head_dim);
    for (size_t i = 0; i < count;) {
        size_t position = (first + i) % DK_TILE_KEYS;
        char *values = (char *)tiles + (first + i) / DK_TILE_KEYS * tile_bytes + key_bytes;
        const float *from = x + i * stride;
        if (format == DK_TILES_F32) {
            memcpy(values + position * head_dim * sizeof *x, from, head_dim * sizeof *x);
            i++;
            continue;
        }
        float *pairs = (float *)values + position / 2 * head_dim;
        if (position % 2 == 0 && count - i >= 2) {
            for (size_t d = 0; d < head_dim; d += LANES) {
                size_t there = head_dim - d < LANES ? head_dim - d : LANES;
                vuint even = rounded_bits(load_part(from + d, there)), odd = rounded_bits(load_part(from + stride + d, there));
                store_part(pairs + d, (vfloat)(even >> 16 | (odd & 0xffff0000)), there);
            }
            i += 2;
        } else {  // the other half of each pair may be another's, who writes it now
            uint16_t *halves = (uint16_t *)pairs + position % 2;
            for (size_t d = 0; d < head_dim; d++) halves[2 * d] = bf16_of_float(((const any_float *)from)[d]);
            i++;
        }
    }
}

#endif
