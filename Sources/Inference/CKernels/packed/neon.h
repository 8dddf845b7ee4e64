// Tiles for 64-bit Arm: products of bytes by `smmla` (DOT_MATRICES), `sdot` (DOT_QUADS), or in 16 bits where there is neither.
//
// Weights become signed bytes as they are loaded. Sixteen inputs are taken at a time, which is a sub-block of 4-bit weights.
#ifndef PACKED_NEON_H
#define PACKED_NEON_H

#include <arm_neon.h>

#include "tiles.h"

// More rows take fewer of a panel's eight vectors at once, so that the sums stay in registers.
#define TILE_ROWS 8
enum { chunk = 16, chunk_quads = chunk / quad_inputs };
_Static_assert(chunk == sub_block && LANES == 4, "a sub-block is a chunk, four columns a vector");

typedef enum weight_bits { eight_bits, low_four_bits, high_four_bits } weight_bits;

// Four inputs of four columns.
INLINE int8x16_t weight_quads(const uint8_t *p, const weight_bits bits) {
    uint8x16_t stored = vld1q_u8(p);
    if (bits == eight_bits) return vreinterpretq_s8_u8(veorq_u8(stored, vdupq_n_u8(0x80)));
    uint8x16_t nibbles = bits == low_four_bits ? vandq_u8(stored, vdupq_n_u8(15)) : vshrq_n_u8(stored, 4);
    return vsubq_s8(vreinterpretq_s8_u8(nibbles), vdupq_n_s8(8));
}

#ifdef DOT_MATRICES
// Sums of rows r and r + 1 stand together: of columns 0 and 1 in sums[r], of 2 and 3 in sums[r + 1].
INLINE void add_chunk(int32x4_t (*sums)[panel_vectors], const uint8_t *weights, const weight_bits bits, const int8x16_t *x, const int rows,
                      const int vectors) {
    UNROLLED for (int quad = 0; quad < chunk_quads; quad += 2) {
        UNROLLED for (int v = 0; v < vectors; v++) {
            int32x4_t first = vreinterpretq_s32_s8(weight_quads(weights + quad * quad_bytes + v * vector_bytes, bits));
            int32x4_t second = vreinterpretq_s32_s8(weight_quads(weights + (quad + 1) * quad_bytes + v * vector_bytes, bits));
            int8x16_t left = vreinterpretq_s8_s32(vzip1q_s32(first, second)), right = vreinterpretq_s8_s32(vzip2q_s32(first, second));
            UNROLLED for (int r = 0; r < rows; r += 2) {
                int64x2_t even = vreinterpretq_s64_s8(x[r]), odd = vreinterpretq_s64_s8(x[r + 1 < rows ? r + 1 : r]);
                int8x16_t both = vreinterpretq_s8_s64(quad == 0 ? vzip1q_s64(even, odd) : vzip2q_s64(even, odd));
                sums[r][v] = vmmlaq_s32(sums[r][v], both, left);
                sums[r + 1][v] = vmmlaq_s32(sums[r + 1][v], both, right);
            }
        }
    }
}

INLINE void part_rows(int32x4_t (*sums)[panel_vectors], const int rows, const int vectors) {
    UNROLLED for (int r = 0; r < rows; r += 2) {
        UNROLLED for (int v = 0; v < vectors; v++) {
            int64x2_t left = vreinterpretq_s64_s32(sums[r][v]), right = vreinterpretq_s64_s32(sums[r + 1][v]);
            sums[r][v] = vreinterpretq_s32_s64(vzip1q_s64(left, right));
            sums[r + 1][v] = vreinterpretq_s32_s64(vzip2q_s64(left, right));
        }
    }
}
#else

#ifdef DOT_QUADS
#define ADD_QUADS(sum, w, x, quad) vdotq_laneq_s32(sum, w, x, quad)
#else
// Two products of numbers up to 127 fit into 16 bits.
INLINE int32x4_t add_quads(int32x4_t sum, int8x16_t w, int8x16_t x) {
    int16x8_t products = vpaddq_s16(vmull_s8(vget_low_s8(w), vget_low_s8(x)), vmull_high_s8(w, x));
    return vpadalq_s16(sum, products);
}
#define ADD_QUADS(sum, w, x, quad) add_quads(sum, w, vreinterpretq_s8_s32(vdupq_laneq_s32(vreinterpretq_s32_s8(x), quad)))
#endif

INLINE void add_chunk(int32x4_t (*sums)[panel_vectors], const uint8_t *weights, const weight_bits bits, const int8x16_t *x, const int rows,
                      const int vectors) {
    UNROLLED for (int v = 0; v < vectors; v++) {
        int8x16_t w[chunk_quads];
        UNROLLED for (int quad = 0; quad < chunk_quads; quad++) w[quad] = weight_quads(weights + quad * quad_bytes + v * vector_bytes, bits);
        UNROLLED for (int r = 0; r < rows; r++) {
            sums[r][v] = ADD_QUADS(sums[r][v], w[0], x[r], 0);
            sums[r][v] = ADD_QUADS(sums[r][v], w[1], x[r], 1);
            sums[r][v] = ADD_QUADS(sums[r][v], w[2], x[r], 2);
            sums[r][v] = ADD_QUADS(sums[r][v], w[3], x[r], 3);
        }
    }
}

INLINE void part_rows(int32x4_t (*sums)[panel_vectors], const int rows, const int vectors) { (void)sums, (void)rows, (void)vectors; }
#endif

INLINE void zero_sums(int32x4_t (*sums)[panel_vectors], const int rows, const int vectors) {
    UNROLLED for (int r = 0; r < rows + rows % 2; r++) UNROLLED for (int v = 0; v < vectors; v++) sums[r][v] = vdupq_n_s32(0);
}

INLINE void load_chunk(int8x16_t *x, const packed_tile *t, size_t k, const int rows) {
    UNROLLED for (int r = 0; r < rows; r++) x[r] = vld1q_s8(t->x + (size_t)r * t->x_stride + k);
}

// Steps of four columns.
INLINE int32x4_t four_steps(const uint8_t *block, size_t pair, int vector, const weight_bits bits) {
    typedef uint8_t four __attribute__((ext_vector_type(4)));
    four both;
    memcpy(&both, block + scale_bytes + pair * DK_PANEL + (size_t)vector * LANES, sizeof both);
    return (int32x4_t)__builtin_convertvector(bits == high_four_bits ? both >> 4 : both & 15, vint);
}

INLINE void add_sub_block(int32x4_t (*totals)[panel_vectors], const packed_tile *t, const uint8_t *block, size_t g, size_t pair,
                          const weight_bits bits, const int rows, const int first_vector, const int vectors) {
    int32x4_t sums[TILE_ROWS][panel_vectors];
    int8x16_t x[TILE_ROWS];
    zero_sums(sums, rows, vectors);
    load_chunk(x, t, g * DK_GROUP + (pair * 2 + (bits == high_four_bits)) * sub_block, rows);
    add_chunk(sums, block + scale_bytes + step_bytes + pair * pair_quads * quad_bytes + first_vector * vector_bytes, bits, x, rows, vectors);
    part_rows(sums, rows, vectors);
    UNROLLED for (int v = 0; v < vectors; v++) {
        int32x4_t steps = four_steps(block, pair, first_vector + v, bits);
        UNROLLED for (int r = 0; r < rows; r++) totals[r][v] = vmlaq_s32(totals[r][v], sums[r][v], steps);
    }
}

INLINE void slice(const packed_tile *t, const bool four, const int rows, const int first_vector, const int vectors) {
    vfloat y[TILE_ROWS][panel_vectors];
    UNROLLED for (int r = 0; r < rows; r++) UNROLLED for (int v = 0; v < vectors; v++) y[r][v] = splat(0);
    const uint8_t *block = t->blocks;
    const size_t size = four ? int4_block_bytes : int8_block_bytes;
    ROLLED for (size_t g = 0; g < t->groups; g++, block += size) {
        for (size_t line = 0; line < size; line += 64) fetch_line(block + line, t->ahead);
        int32x4_t sums[TILE_ROWS][panel_vectors];
        zero_sums(sums, rows, vectors);
        if (four) {
            ROLLED for (size_t pair = 0; pair < pairs; pair++) {
                add_sub_block(sums, t, block, g, pair, low_four_bits, rows, first_vector, vectors);
                add_sub_block(sums, t, block, g, pair, high_four_bits, rows, first_vector, vectors);
            }
        } else {
            ROLLED for (size_t k = 0; k < DK_GROUP; k += chunk) {
                int8x16_t x[TILE_ROWS];
                load_chunk(x, t, g * DK_GROUP + k, rows);
                add_chunk(sums, block + scale_bytes + k * DK_PANEL + first_vector * vector_bytes, eight_bits, x, rows, vectors);
            }
            part_rows(sums, rows, vectors);
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

INLINE void neon_tile(const packed_tile *t, const bool four, const int rows) {
    if (rows <= 2) slice(t, four, rows, 0, panel_vectors);
    else if (rows <= 4) for (int first = 0; first < panel_vectors; first += 4) slice(t, four, rows, first, 4);
    else for (int first = 0; first < panel_vectors; first += 2) slice(t, four, rows, first, 2);
}

INLINE void int8_tile(const packed_tile *t, const int rows) { neon_tile(t, false, rows); }
INLINE void int4_tile(const packed_tile *t, const int rows) { neon_tile(t, true, rows); }

#include "expand.h"
#include "rowcounts.h"

static void matmul_packed(float *y, size_t y_stride, const dk_int8_rows *x, size_t rows, const void *panels, dk_packing packing,
                          size_t columns, size_t depth, void *scratch) {
    packed_product(y, y_stride, x, rows, panels, packing, columns, depth, scratch, &int8_tiles, &int4_tiles, TILE_ROWS, expand_panel);
}

#endif
