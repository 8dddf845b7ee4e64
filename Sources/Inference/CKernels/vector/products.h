// Matrix products, as tiles of dot products.
//
// A tile is a few rows of x by a few rows of w. Each of its sums is kept as one vector of partial sums over the whole depth, and the
// vectors are added up at the end in one fixed order. So a sum is the same bits in whichever tile it falls, a single row or a
// thousand; and weights are read where they lie, row by row, never copied.
#ifndef PRODUCTS_H
#define PRODUCTS_H

#include "vectors.h"

// Sums of a tile, which stay in registers: AVX2 has sixteen, the others thirty-two. One to three rows are a matter of memory, which
// gives more when eight rows of w come at once: 28 GB/s instead of 23 on a Zen 4 core.
enum {
    tile_rows = LANES == 8 ? 3 : 6,
    tile_columns = 4,
    wide_rows = LANES == 8 ? 1 : 3,
    wide_columns = 8,
};

// The sums of the lanes of four vectors: in each group of four lanes (0 + 2) + (1 + 3), then half of the groups added to the other half.
typedef float quad __attribute__((ext_vector_type(4)));

INLINE quad sum_four(vfloat a, vfloat b, vfloat c, vfloat d) {
#if LANES == 16
    vfloat ab = __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29) +
                __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
    vfloat cd = __builtin_shufflevector(c, d, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29) +
                __builtin_shufflevector(c, d, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
    vfloat all = __builtin_shufflevector(ab, cd, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29) +
                 __builtin_shufflevector(ab, cd, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    typedef float octet __attribute__((ext_vector_type(8)));
    octet halves = __builtin_shufflevector(all, all, 0, 1, 2, 3, 4, 5, 6, 7) +
                   __builtin_shufflevector(all, all, 8, 9, 10, 11, 12, 13, 14, 15);
    return __builtin_shufflevector(halves, halves, 0, 1, 2, 3) + __builtin_shufflevector(halves, halves, 4, 5, 6, 7);
#elif LANES == 8
    vfloat ab = __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13) +
                __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15);
    vfloat cd = __builtin_shufflevector(c, d, 0, 8, 1, 9, 4, 12, 5, 13) +
                __builtin_shufflevector(c, d, 2, 10, 3, 11, 6, 14, 7, 15);
    vfloat all = __builtin_shufflevector(ab, cd, 0, 1, 8, 9, 4, 5, 12, 13) +
                 __builtin_shufflevector(ab, cd, 2, 3, 10, 11, 6, 7, 14, 15);
    return __builtin_shufflevector(all, all, 0, 1, 2, 3) + __builtin_shufflevector(all, all, 4, 5, 6, 7);
#else
    vfloat ab = __builtin_shufflevector(a, b, 0, 4, 1, 5) + __builtin_shufflevector(a, b, 2, 6, 3, 7);
    vfloat cd = __builtin_shufflevector(c, d, 0, 4, 1, 5) + __builtin_shufflevector(c, d, 2, 6, 3, 7);
    return __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
#endif
}

// One tile at work. Steps are in bytes.
typedef struct tile_work {
    float *y;
    size_t y_stride;
    const char *x;
    size_t x_step;
    const char *w[wide_columns];
    size_t columns;  // those that are stored
    size_t bytes;    // of a row
    size_t ahead;    // how far the next tile's w lies from this one's
} tile_work;

enum { line_bytes = 64 };  // of a cache

typedef void tile_function(const tile_work *t);

#define EACH_SUM(rows, columns)                \
    UNROLLED for (int r = 0; r < (rows); r++)  \
        UNROLLED for (int c = 0; c < (columns); c++)

INLINE void store_sums(const tile_work *t, vfloat (*sums)[wide_columns], const int rows, const int columns) {
    UNROLLED for (int r = 0; r < rows; r++) {
        UNROLLED for (size_t c = 0; c < (size_t)columns; c += 4) {
            quad four = sum_four(sums[r][c], sums[r][c + 1], sums[r][c + 2], sums[r][c + 3]);
            float *to = t->y + (size_t)r * t->y_stride + c;
            if (c + 4 <= t->columns) memcpy(to, &four, sizeof four);
            else for (size_t i = 0; c + i < t->columns; i++) ((any_float *)to)[i] = four[i];
        }
    }
}

// Calls for a step's part of the next tile's weights, into the second-level cache.
INLINE void fetch_ahead(const tile_work *t, size_t k, const int columns) {
    UNROLLED for (int c = 0; c < columns; c++) {
        __builtin_prefetch((const char *)((uintptr_t)(t->w[c] + k) + t->ahead), 0, 2);
    }
}

// The sums of a tile: `step(t, sums, k, bytes, rows, columns)` adds the products of some bytes of each row.
#define TILE_SUMS(step)                                               \
    vfloat sums[tile_rows][wide_columns];                             \
    EACH_SUM(rows, columns) sums[r][c] = splat(0);                    \
    size_t k = 0;                                                     \
    ROLLED for (; k + line_bytes <= t->bytes; k += line_bytes) {      \
        fetch_ahead(t, k, columns);                                   \
        UNROLLED for (size_t i = 0; i < line_bytes; i += sizeof(vfloat)) { \
            step(t, sums, k + i, sizeof(vfloat), rows, columns);      \
        }                                                             \
    }                                                                 \
    ROLLED for (; k + sizeof(vfloat) <= t->bytes; k += sizeof(vfloat)) { \
        step(t, sums, k, sizeof(vfloat), rows, columns);              \
    }                                                                 \
    if (k < t->bytes) step(t, sums, k, t->bytes - k, rows, columns);  \
    store_sums(t, sums, rows, columns);

// The functions for each number of rows.
typedef struct product_tiles {
    tile_function *tall[tile_rows], *wide[wide_rows];
    size_t element;  // bytes
} product_tiles;

// Rows of x that one pass over w is used for: they stay in the second-level cache beside the stream of weights.
enum { block_bytes = 512 * 1024 };

static void product(float *y, size_t y_stride, const void *x, size_t x_step, size_t rows, const void *w, size_t w_step,
                    size_t columns, size_t depth, const product_tiles *tiles) {
    size_t bytes = depth * tiles->element, block = rows;
    if (bytes > 0 && block > block_bytes / bytes) block = block_bytes / bytes / tile_rows * tile_rows;
    if (block < tile_rows) block = tile_rows;
    bool wide = rows <= wide_rows;
    size_t step = wide ? wide_columns : tile_columns, most = wide ? wide_rows : tile_rows;
    for (size_t first = 0; first < rows; first += block) {
        size_t end = rows - first < block ? rows : first + block;
        for (size_t c = 0; c < columns; c += step) {
            tile_work t = {.y_stride = y_stride, .x_step = x_step, .bytes = bytes, .ahead = step * w_step};
            t.columns = columns - c < step ? columns - c : step;
            // Beyond the last row of w that row stands again, and its sums are not stored.
            for (size_t i = 0; i < step; i++) t.w[i] = (const char *)w + (c + (i < t.columns ? i : t.columns - 1)) * w_step;
            for (size_t r = first; r < end; r += most) {
                size_t count = end - r < most ? end - r : most;
                t.y = y + r * y_stride + c;
                t.x = (const char *)x + r * x_step;
                (wide ? tiles->wide : tiles->tall)[count - 1](&t);
            }
        }
    }
}

// float · float. Of the two sides the one with fewer rows is held in registers.
INLINE void float_step(const tile_work *t, vfloat (*sums)[wide_columns], size_t k, size_t bytes, const int rows, const int columns) {
#define FLOATS(p) (bytes == sizeof(vfloat) ? load((p) + k) : load_part((p) + k, bytes / sizeof(float)))
    if (columns <= rows) {
        vfloat right[wide_columns];
        UNROLLED for (int c = 0; c < columns; c++) right[c] = FLOATS(t->w[c]);
        UNROLLED for (int r = 0; r < rows; r++) {
            vfloat left = FLOATS(t->x + (size_t)r * t->x_step);
            UNROLLED for (int c = 0; c < columns; c++) sums[r][c] = fused(left, right[c], sums[r][c]);
        }
    } else {
        vfloat left[tile_rows];
        UNROLLED for (int r = 0; r < rows; r++) left[r] = FLOATS(t->x + (size_t)r * t->x_step);
        UNROLLED for (int c = 0; c < columns; c++) {
            vfloat right = FLOATS(t->w[c]);
            UNROLLED for (int r = 0; r < rows; r++) sums[r][c] = fused(left[r], right, sums[r][c]);
        }
    }
#undef FLOATS
}

INLINE void float_tile(const tile_work *t, const int rows, const int columns) {
    TILE_SUMS(float_step)
}

INLINE vuint load_pairs(const char *p, size_t bytes) {
    vuint v = {0};
    memcpy(&v, p, bytes);
    return v;
}

// bfloat16 · bfloat16 where the processor has no such product: of each pair of neighbours both are widened and multiplied apart.
INLINE void widening_step(const tile_work *t, vfloat (*sums)[wide_columns], size_t k, size_t bytes, const int rows, const int columns) {
    vuint left[tile_rows];
    UNROLLED for (int r = 0; r < rows; r++) left[r] = load_pairs(t->x + (size_t)r * t->x_step + k, bytes);
    UNROLLED for (int c = 0; c < columns; c++) {
        vuint right = load_pairs(t->w[c] + k, bytes);
        vfloat even = (vfloat)(right << 16), odd = (vfloat)(right & 0xffff0000);
        UNROLLED for (int r = 0; r < rows; r++) {
            sums[r][c] = fused((vfloat)(left[r] << 16), even, sums[r][c]);
            sums[r][c] = fused((vfloat)(left[r] & 0xffff0000), odd, sums[r][c]);
        }
    }
}

INLINE void widening_tile(const tile_work *t, const int rows, const int columns) {
    TILE_SUMS(widening_step)
}

// Makes functions out of `tile` for each size, and the table of them.
#define TALL(tile, rows) static void tile##_tall_##rows(const tile_work *t) { tile(t, rows, tile_columns); }
#define WIDE(tile, rows) static void tile##_wide_##rows(const tile_work *t) { tile(t, rows, wide_columns); }

#if LANES == 8
#define TILES(tile, bytes)                                     \
    TALL(tile, 1) TALL(tile, 2) TALL(tile, 3) WIDE(tile, 1)    \
    static const product_tiles tile##s = {{tile##_tall_1, tile##_tall_2, tile##_tall_3}, {tile##_wide_1}, bytes};
#else
#define TILES(tile, bytes)                                     \
    TALL(tile, 1) TALL(tile, 2) TALL(tile, 3)                  \
    TALL(tile, 4) TALL(tile, 5) TALL(tile, 6)                  \
    WIDE(tile, 1) WIDE(tile, 2) WIDE(tile, 3)                  \
    static const product_tiles tile##s = {                     \
        {tile##_tall_1, tile##_tall_2, tile##_tall_3, tile##_tall_4, tile##_tall_5, tile##_tall_6}, \
        {tile##_wide_1, tile##_wide_2, tile##_wide_3}, bytes};
#endif

TILES(float_tile, sizeof(float))

static void matmul_f32(float *y, size_t y_stride, const float *x, size_t x_stride, size_t rows,
                       const float *w, size_t w_stride, size_t columns, size_t depth) {
    product(y, y_stride, x, x_stride * sizeof *x, rows, w, w_stride * sizeof *w, columns, depth, &float_tiles);
}

#ifndef NATIVE_BF16
TILES(widening_tile, sizeof(uint16_t))

static void matmul_bf16(float *y, size_t y_stride, const uint16_t *x, size_t x_stride, size_t rows,
                        const uint16_t *w, size_t w_stride, size_t columns, size_t depth) {
    product(y, y_stride, x, x_stride * sizeof *x, rows, w, w_stride * sizeof *w, columns, depth, &widening_tiles);
}
#endif

#endif
