// Tiles by `vpdpbusd`: four products of an unsigned and a signed byte are added to each 32-bit lane, exactly.
//
// Weights are the unsigned side as they are stored, so sums begin at -128·(sum of x). The including file defines DOT, DOT_WORDS (two
// products of 16 bits) and, with LANES, how many registers there are: with 512 bits 24 sums of 12 rows, with 256 bits 12 of 6 rows by half
// a panel.
#ifndef PACKED_DOT_H
#define PACKED_DOT_H

#include "bytes.h"
#include "tiles.h"

// Rows of a tile; those that take a whole panel at once, in 8 bits and in 4; vectors that the others take.
#if LANES == 16
#define TILE_ROWS 12
enum { wide_tile_rows = 12, flat_rows = 4, slice_vectors = 2 };
#else
#define TILE_ROWS 6
enum { wide_tile_rows = 3, flat_rows = 1, slice_vectors = 2 };
#endif

// One slice of a panel, `vectors` from `first_vector` on, by `rows` rows.
INLINE void int8_slice(const packed_tile *t, const int rows, const int first_vector, const int vectors) {
    vfloat y[TILE_ROWS][panel_vectors];
    UNROLLED for (int r = 0; r < rows; r++) UNROLLED for (int v = 0; v < vectors; v++) y[r][v] = splat(0);
    const uint8_t *block = t->blocks;
    ROLLED for (size_t g = 0; g < t->groups; g++, block += int8_block_bytes) {
        vbytes sums[TILE_ROWS][panel_vectors];
        UNROLLED for (int r = 0; r < rows; r++) {
            vbytes offset = every_lane(-128 * t->sums[(size_t)r * t->group_stride + g]);
            UNROLLED for (int v = 0; v < vectors; v++) sums[r][v] = offset;
        }
        const uint8_t *weights = block + scale_bytes + first_vector * vector_bytes;
        const int8_t *x = t->x + g * DK_GROUP;
        fetch_line(block, t->ahead);
        if (rows > flat_rows) fetch_results(t, g, (size_t)rows, (size_t)first_vector * LANES, (size_t)vectors * LANES);
        ROLLED for (size_t k = 0; k < DK_GROUP; k += quad_inputs, weights += quad_bytes) {
            UNROLLED for (int v = 0; v < vectors * vector_bytes; v += 64) fetch_line(weights + v, t->ahead);
            vbytes w[panel_vectors];
            UNROLLED for (int v = 0; v < vectors; v++) w[v] = load_bytes(weights + v * vector_bytes);
            UNROLLED for (int r = 0; r < rows; r++) {
                vbytes quad = quad_everywhere(x + (size_t)r * t->x_stride + k);
                UNROLLED for (int v = 0; v < vectors; v++) sums[r][v] = DOT(sums[r][v], w[v], quad);
            }
        }
        UNROLLED for (int v = 0; v < vectors; v++) {
            vfloat scales = block_scales(block, first_vector + v);
            UNROLLED for (int r = 0; r < rows; r++) {
                y[r][v] = scaled_sum(y[r][v], (vint)sums[r][v], scales, t->scales[(size_t)r * t->group_stride + g]);
            }
        }
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int v = 0; v < vectors; v++) store_columns(t, (size_t)r, first_vector + v, y[r][v]);
    }
}

INLINE void int8_tile(const packed_tile *t, const int rows) {
    if (rows <= wide_tile_rows) int8_slice(t, rows, 0, panel_vectors);
    else for (int first = 0; first < panel_vectors; first += slice_vectors) int8_slice(t, rows, first, slice_vectors);
}

// Steps of a pair of sub-blocks, of LANES columns: the first in the lower half of each lane.
INLINE vbytes pair_steps(const uint8_t *block, size_t pair, size_t vector) {
    typedef uint8_t vsteps __attribute__((ext_vector_type(LANES)));
    vsteps both;
    memcpy(&both, block + scale_bytes + pair * DK_PANEL + vector * LANES, sizeof both);
    vuint wide = __builtin_convertvector(both, vuint);
    return (vbytes)((wide & 0x0f) | (wide & 0xf0) << 12);
}

// Some vectors of a pair of sub-blocks by some rows. Nibbles are unsigned bytes already, so sums begin at -8·(sum of x). A sum of 16
// products fits into 16 bits, and both sums times their steps are one more product.
INLINE void int4_pair(const packed_tile *t, const uint8_t *block, size_t g, size_t pair, vbytes (*totals)[panel_vectors], const int rows,
                      size_t first_vector, const int vectors) {
    vbytes low[TILE_ROWS][panel_vectors], high[TILE_ROWS][panel_vectors];
    UNROLLED for (int r = 0; r < rows; r++) {
        const int32_t *parts = t->parts + ((size_t)r * t->groups + g) * sub_blocks + pair * 2;
        vbytes low_offset = every_lane(parts[0]), high_offset = every_lane(parts[1]);
        UNROLLED for (int v = 0; v < vectors; v++) low[r][v] = low_offset, high[r][v] = high_offset;
    }
    const uint8_t *nibbles = block + scale_bytes + step_bytes + pair * pair_quads * quad_bytes + first_vector * vector_bytes;
    const int8_t *x = t->x + g * DK_GROUP + pair * 2 * sub_block;
    UNROLLED for (size_t quad = 0; quad < pair_quads; quad++, nibbles += quad_bytes, x += quad_inputs) {
        vbytes w_low[panel_vectors], w_high[panel_vectors];
        UNROLLED for (int v = 0; v < vectors; v++) {
            fetch_line(nibbles + v * vector_bytes, t->ahead);
            vbytes both = load_bytes(nibbles + v * vector_bytes);
            w_low[v] = low_nibbles(both);
            w_high[v] = high_nibbles(both);
        }
        UNROLLED for (int r = 0; r < rows; r++) {
            const int8_t *at = x + (size_t)r * t->x_stride;
            vbytes x_low = quad_everywhere(at), x_high = quad_everywhere(at + sub_block);
            UNROLLED for (int v = 0; v < vectors; v++) {
                low[r][v] = DOT(low[r][v], w_low[v], x_low);
                high[r][v] = DOT(high[r][v], w_high[v], x_high);
            }
        }
    }
    UNROLLED for (int v = 0; v < vectors; v++) {
        vbytes steps = pair_steps(block, pair, first_vector + (size_t)v);
        UNROLLED for (int r = 0; r < rows; r++) {
            vbytes both = (vbytes)(((vuint)low[r][v] & 0xffff) | (vuint)high[r][v] << 16);
            totals[r][v] = DOT_WORDS(totals[r][v], both, steps);
        }
    }
}

// Few rows take all vectors of a panel at once, more rows one after the other.
INLINE void int4_tile(const packed_tile *t, const int rows) {
    vfloat y[TILE_ROWS][panel_vectors];
    UNROLLED for (int r = 0; r < rows; r++) UNROLLED for (int v = 0; v < panel_vectors; v++) y[r][v] = splat(0);
    const uint8_t *block = t->blocks;
    const int vectors = rows <= flat_rows ? panel_vectors : 1;
    ROLLED for (size_t g = 0; g < t->groups; g++, block += int4_block_bytes) {
        for (size_t line = 0; line < scale_bytes + step_bytes; line += 64) fetch_line(block + line, t->ahead);
        UNROLLED for (int v = 0; v < panel_vectors; v += vectors) {
            vbytes totals[TILE_ROWS][panel_vectors];
            UNROLLED for (int r = 0; r < rows; r++) UNROLLED for (int i = 0; i < vectors; i++) totals[r][i] = every_lane(0);
            if (rows <= flat_rows) {
                UNROLLED for (size_t pair = 0; pair < pairs; pair++) int4_pair(t, block, g, pair, totals, rows, (size_t)v, vectors);
            } else {
                ROLLED for (size_t pair = 0; pair < pairs; pair++) int4_pair(t, block, g, pair, totals, rows, (size_t)v, vectors);
            }
            UNROLLED for (int i = 0; i < vectors; i++) {
                vfloat scales = block_scales(block, v + i);
                UNROLLED for (int r = 0; r < rows; r++) {
                    y[r][v + i] = scaled_sum(y[r][v + i], (vint)totals[r][i], scales, t->scales[(size_t)r * t->group_stride + g]);
                }
            }
        }
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int v = 0; v < panel_vectors; v++) store_columns(t, (size_t)r, v, y[r][v]);
    }
}

#include "expand.h"
#include "rowcounts.h"

static void matmul_packed(float *y, size_t y_stride, const dk_int8_rows *x, size_t rows, const void *panels, dk_packing packing,
                          size_t columns, size_t depth, void *scratch) {
    packed_product(y, y_stride, x, rows, panels, packing, columns, depth, scratch, &int8_tiles, &int4_tiles, TILE_ROWS, expand_panel);
}

#endif
