// Tiles for processors without products of bytes in 32 bits: `vpmaddwd` and `vpmaddubsw`, used so that nothing saturates.
//
// 8 bits: even and odd bytes become words, 0...255 of weights and -127...127 of activations, whose products two by two are exact.
// 4 bits: nibbles are unsigned bytes up to 15, so 16-bit lanes hold their sums over a sub-block, and `vpmaddwd` multiplies these by the
// steps: twice as fast as 8 bits.
#ifndef PACKED_MADD_H
#define PACKED_MADD_H

// Both 16-bit lanes of a column begin at -4·(sum of x), which makes -8 times it.
#define PART_OFFSET(sum) (int32_t)((uint32_t)(uint16_t)(-4 * (sum)) * 0x10001u)

#include "bytes.h"
#include "tiles.h"

#if LANES == 16
#define WIDE(name) _mm512_##name
#define EVEN_BYTES(v) _mm512_and_si512(v, every_lane(0x00ff00ff))
#else
#define WIDE(name) _mm256_##name
#define EVEN_BYTES(v) _mm256_and_si256(v, every_lane(0x00ff00ff))
#endif

INLINE vbytes word_products(vbytes a, vbytes b) { return WIDE(madd_epi16)(a, b); }
INLINE vbytes byte_products(vbytes u, vbytes s) { return WIDE(maddubs_epi16)(u, s); }
INLINE vbytes add_words(vbytes a, vbytes b) { return WIDE(add_epi16)(a, b); }
INLINE vbytes add_lanes(vbytes a, vbytes b) { return WIDE(add_epi32)(a, b); }
INLINE vbytes even_unsigned(vbytes v) { return EVEN_BYTES(v); }
INLINE vbytes odd_unsigned(vbytes v) { return WIDE(srli_epi16)(v, 8); }
INLINE vbytes even_signed(vbytes v) { return WIDE(srai_epi16)(WIDE(slli_epi16)(v, 8), 8); }
INLINE vbytes odd_signed(vbytes v) { return WIDE(srai_epi16)(v, 8); }

// Rows of a tile, and those that take a whole panel at once; vectors that the others take. Six rows would fit, and are slower
// (`Benchmarks/kernels/run packed avx2`).
#define TILE_ROWS 4
enum { wide_tile_rows = LANES == 16 ? 4 : 2, slice_vectors = 2 };

// Activations of a group as words, in the order of the weights' even and odd bytes.
typedef struct group_words {
    int32_t even[TILE_ROWS][DK_GROUP / quad_inputs], odd[TILE_ROWS][DK_GROUP / quad_inputs];
} group_words;

INLINE void words_of(group_words *words, const packed_tile *t, size_t g, const int rows) {
    UNROLLED for (int r = 0; r < rows; r++) {
        const int8_t *x = t->x + (size_t)r * t->x_stride + g * DK_GROUP;
        UNROLLED for (size_t k = 0; k < DK_GROUP; k += sizeof(vbytes)) {
            vbytes all = load_bytes(x + k);
            store_bytes(&words->even[r][k / quad_inputs], even_signed(all));
            store_bytes(&words->odd[r][k / quad_inputs], odd_signed(all));
        }
    }
}

INLINE void int8_slice(const packed_tile *t, const int rows, const int first_vector, const int vectors) {
    vfloat y[TILE_ROWS][panel_vectors];
    UNROLLED for (int r = 0; r < rows; r++) UNROLLED for (int v = 0; v < vectors; v++) y[r][v] = splat(0);
    const uint8_t *block = t->blocks;
    group_words words;
    ROLLED for (size_t g = 0; g < t->groups; g++, block += int8_block_bytes) {
        words_of(&words, t, g, rows);
        vbytes sums[TILE_ROWS][panel_vectors];
        UNROLLED for (int r = 0; r < rows; r++) {
            vbytes offset = every_lane(-128 * t->sums[(size_t)r * t->group_stride + g]);
            UNROLLED for (int v = 0; v < vectors; v++) sums[r][v] = offset;
        }
        const uint8_t *weights = block + scale_bytes + first_vector * vector_bytes;
        fetch_line(block, t->ahead);
        fetch_results(t, g, (size_t)rows, (size_t)first_vector * LANES, (size_t)vectors * LANES);
        ROLLED for (size_t quad = 0; quad < DK_GROUP / quad_inputs; quad++, weights += quad_bytes) {
            UNROLLED for (int v = 0; v < vectors * vector_bytes; v += 64) fetch_line(weights + v, t->ahead);
            vbytes w[panel_vectors];
            UNROLLED for (int v = 0; v < vectors; v++) w[v] = even_unsigned(load_bytes(weights + v * vector_bytes));
            UNROLLED for (int r = 0; r < rows; r++) {
                vbytes pair = quad_everywhere(&words.even[r][quad]);
                UNROLLED for (int v = 0; v < vectors; v++) sums[r][v] = add_lanes(sums[r][v], word_products(w[v], pair));
            }
            UNROLLED for (int v = 0; v < vectors; v++) w[v] = odd_unsigned(load_bytes(weights + v * vector_bytes));
            UNROLLED for (int r = 0; r < rows; r++) {
                vbytes pair = quad_everywhere(&words.odd[r][quad]);
                UNROLLED for (int v = 0; v < vectors; v++) sums[r][v] = add_lanes(sums[r][v], word_products(w[v], pair));
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

// Steps of one of a pair of sub-blocks, in both halves of a column's lane.
INLINE vbytes steps_twice(const uint8_t *block, size_t pair, size_t vector, const bool high) {
    typedef uint8_t vsteps __attribute__((ext_vector_type(LANES)));
    vsteps both;
    memcpy(&both, block + scale_bytes + pair * DK_PANEL + vector * LANES, sizeof both);
    vuint wide = __builtin_convertvector(both, vuint);
    vuint steps = high ? wide >> 4 : wide & 15;
    return (vbytes)(steps | steps << 16);
}

INLINE void int4_part(const packed_tile *t, const uint8_t *block, size_t g, size_t pair, vbytes (*totals)[panel_vectors], const int rows,
                      const int first_vector, const int vectors, const bool high) {
    vbytes sums[TILE_ROWS][panel_vectors];
    UNROLLED for (int r = 0; r < rows; r++) {
        vbytes offset = every_lane(t->parts[((size_t)r * t->groups + g) * sub_blocks + pair * 2 + high]);
        UNROLLED for (int v = 0; v < vectors; v++) sums[r][v] = offset;
    }
    const uint8_t *nibbles = block + scale_bytes + step_bytes + pair * pair_quads * quad_bytes + first_vector * vector_bytes;
    const int8_t *x = t->x + g * DK_GROUP + (pair * 2 + high) * sub_block;
    UNROLLED for (size_t quad = 0; quad < pair_quads; quad++, nibbles += quad_bytes, x += quad_inputs) {
        vbytes w[panel_vectors];
        UNROLLED for (int v = 0; v < vectors; v++) {
            vbytes both = load_bytes(nibbles + v * vector_bytes);
            w[v] = high ? high_nibbles(both) : low_nibbles(both);
            if (!high && v * vector_bytes % 64 == 0) fetch_line(nibbles + v * vector_bytes, t->ahead);
        }
        UNROLLED for (int r = 0; r < rows; r++) {
            vbytes inputs = quad_everywhere(x + (size_t)r * t->x_stride);
            UNROLLED for (int v = 0; v < vectors; v++) sums[r][v] = add_words(sums[r][v], byte_products(w[v], inputs));
        }
    }
    UNROLLED for (int v = 0; v < vectors; v++) {
        vbytes steps = steps_twice(block, pair, (size_t)(first_vector + v), high);
        UNROLLED for (int r = 0; r < rows; r++) totals[r][v] = add_lanes(totals[r][v], word_products(sums[r][v], steps));
    }
}

INLINE void int4_slice(const packed_tile *t, const int rows, const int first_vector, const int vectors) {
    vfloat y[TILE_ROWS][panel_vectors];
    UNROLLED for (int r = 0; r < rows; r++) UNROLLED for (int v = 0; v < vectors; v++) y[r][v] = splat(0);
    const uint8_t *block = t->blocks;
    ROLLED for (size_t g = 0; g < t->groups; g++, block += int4_block_bytes) {
        for (size_t line = 0; line < scale_bytes + step_bytes; line += 64) fetch_line(block + line, t->ahead);
        fetch_results(t, g, (size_t)rows, (size_t)first_vector * LANES, (size_t)vectors * LANES);
        vbytes totals[TILE_ROWS][panel_vectors];
        UNROLLED for (int r = 0; r < rows; r++) UNROLLED for (int v = 0; v < vectors; v++) totals[r][v] = every_lane(0);
        ROLLED for (size_t pair = 0; pair < pairs; pair++) {
            int4_part(t, block, g, pair, totals, rows, first_vector, vectors, false);
            int4_part(t, block, g, pair, totals, rows, first_vector, vectors, true);
        }
        UNROLLED for (int v = 0; v < vectors; v++) {
            vfloat scales = block_scales(block, first_vector + v);
            UNROLLED for (int r = 0; r < rows; r++) {
                y[r][v] = scaled_sum(y[r][v], (vint)totals[r][v], scales, t->scales[(size_t)r * t->group_stride + g]);
            }
        }
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (int v = 0; v < vectors; v++) store_columns(t, (size_t)r, first_vector + v, y[r][v]);
    }
}

#define SLICED(slice)                                                                                                       \
    if (rows <= wide_tile_rows) slice(t, rows, 0, panel_vectors);                                                           \
    else UNROLLED for (int first = 0; first < panel_vectors; first += slice_vectors) slice(t, rows, first, slice_vectors);
INLINE void int8_tile(const packed_tile *t, const int rows) { SLICED(int8_slice) }
INLINE void int4_tile(const packed_tile *t, const int rows) { SLICED(int4_slice) }

#include "rowcounts.h"

static void matmul_packed(float *y, size_t y_stride, const dk_int8_rows *x, size_t rows, const void *panels, dk_packing packing,
                          size_t columns, size_t depth, void *scratch) {
    packed_product(y, y_stride, x, rows, panels, packing, columns, depth, scratch, &int8_tiles, &int4_tiles, SIZE_MAX, NULL);
}

#endif
