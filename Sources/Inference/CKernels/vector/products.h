// Matrix products, as tiles of dot products.
//
// A tile is `tile_rows` rows of x by four rows of w. Each of its sums is kept as one vector of partial sums over the whole depth, and the
// vectors are added up at the end in one fixed order. So a sum is the same bits in whichever tile it falls, a single row or a
// thousand; and weights are read where they lie, row by row, never copied.
#ifndef PRODUCTS_H
#define PRODUCTS_H

#include "vectors.h"

enum { tile_rows = LANES == 8 ? 3 : 6, tile_columns = 4 };  // AVX2 has sixteen registers, the others thirty-two

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

// One tile: y[r, c] for its rows and for `columns` of the four rows of w. Steps are in bytes.
typedef void tile_function(float *y, size_t y_stride, const char *x, size_t x_step,
                           const char *const w[tile_columns], size_t depth, size_t columns);

INLINE void store_sums(float *y, size_t y_stride, vfloat (*sums)[tile_columns], int rows, size_t columns) {
    UNROLLED for (int r = 0; r < rows; r++) {
        quad four = sum_four(sums[r][0], sums[r][1], sums[r][2], sums[r][3]);
        float *to = y + (size_t)r * y_stride;
        if (columns == tile_columns) memcpy(to, &four, sizeof four);
        else for (size_t c = 0; c < columns; c++) ((any_float *)to)[c] = four[c];
    }
}

#define CLEAR_SUMS(rows)                                      \
    vfloat sums[tile_rows][tile_columns];                     \
    UNROLLED for (int r = 0; r < (rows); r++) {               \
        UNROLLED for (int c = 0; c < tile_columns; c++) sums[r][c] = splat(0); \
    }

// What one pass over w is used for: rows of x that stay in the second-level cache beside the stream of weights.
enum { block_bytes = 512 * 1024 };

// Goes over the tiles; `tiles[n - 1]` does n rows, `most` is the greatest n.
static void product(float *y, size_t y_stride, const void *x, size_t x_step, size_t rows, const void *w, size_t w_step,
                    size_t columns, size_t depth, size_t element, tile_function *const *tiles, size_t most) {
    size_t block = rows;
    if (depth > 0 && block > block_bytes / (depth * element)) block = block_bytes / (depth * element) / most * most;
    if (block < most) block = most;
    for (size_t first = 0; first < rows; first += block) {
        size_t end = rows - first < block ? rows : first + block;
        for (size_t c = 0; c < columns; c += tile_columns) {
            size_t wanted = columns - c < tile_columns ? columns - c : tile_columns;
            // Beyond the last row of w that row stands again, and its sums are not stored.
            const char *from[tile_columns];
            for (size_t i = 0; i < tile_columns; i++) {
                from[i] = (const char *)w + (c + (i < wanted ? i : wanted - 1)) * w_step;
            }
            for (size_t r = first; r < end; r += most) {
                size_t count = end - r < most ? end - r : most;
                tiles[count - 1](y + r * y_stride + c, y_stride, (const char *)x + r * x_step, x_step, from, depth, wanted);
            }
        }
    }
}

// float · float.
INLINE void float_tile(float *y, size_t y_stride, const char *x, size_t x_step, const char *const w[tile_columns],
                       size_t depth, size_t columns, const int rows) {
    CLEAR_SUMS(rows)
    size_t whole = depth / LANES * LANES * sizeof(float), rest = depth % LANES;
    ROLLED for (size_t k = 0; k < whole; k += LANES * sizeof(float)) {
        vfloat right[tile_columns];
        UNROLLED for (int c = 0; c < tile_columns; c++) right[c] = load(w[c] + k);
        UNROLLED for (int r = 0; r < rows; r++) {
            vfloat left = load(x + (size_t)r * x_step + k);
            UNROLLED for (int c = 0; c < tile_columns; c++) sums[r][c] = fused(left, right[c], sums[r][c]);
        }
    }
    if (rest > 0) {
        UNROLLED for (int r = 0; r < rows; r++) {
            vfloat left = load_part(x + (size_t)r * x_step + whole, rest);
            UNROLLED for (int c = 0; c < tile_columns; c++) {
                sums[r][c] = fused(left, load_part(w[c] + whole, rest), sums[r][c]);
            }
        }
    }
    store_sums(y, y_stride, sums, rows, columns);
}

// bfloat16 · bfloat16 where the processor has no such product: of each pair of neighbours both are widened and multiplied apart.
INLINE void widened_step(vfloat (*sums)[tile_columns], const vuint *left, const vuint *right, const int rows) {
    UNROLLED for (int c = 0; c < tile_columns; c++) {
        vfloat even = (vfloat)(right[c] << 16), odd = (vfloat)(right[c] & 0xffff0000);
        UNROLLED for (int r = 0; r < rows; r++) {
            sums[r][c] = fused((vfloat)(left[r] << 16), even, sums[r][c]);
            sums[r][c] = fused((vfloat)(left[r] & 0xffff0000), odd, sums[r][c]);
        }
    }
}

INLINE vuint load_pairs(const char *p) { return (vuint)load(p); }

INLINE vuint load_some_pairs(const char *p, size_t halves) {
    vuint v = {0};
    memcpy(&v, p, halves * sizeof(uint16_t));
    return v;
}

INLINE void widening_tile(float *y, size_t y_stride, const char *x, size_t x_step, const char *const w[tile_columns],
                          size_t depth, size_t columns, const int rows) {
    CLEAR_SUMS(rows)
    size_t whole = depth / (2 * LANES) * (2 * LANES) * sizeof(uint16_t), rest = depth % (2 * LANES);
    vuint left[tile_rows], right[tile_columns];
    ROLLED for (size_t k = 0; k < whole; k += 2 * LANES * sizeof(uint16_t)) {
        UNROLLED for (int c = 0; c < tile_columns; c++) right[c] = load_pairs(w[c] + k);
        UNROLLED for (int r = 0; r < rows; r++) left[r] = load_pairs(x + (size_t)r * x_step + k);
        widened_step(sums, left, right, rows);
    }
    if (rest > 0) {
        UNROLLED for (int c = 0; c < tile_columns; c++) right[c] = load_some_pairs(w[c] + whole, rest);
        UNROLLED for (int r = 0; r < rows; r++) left[r] = load_some_pairs(x + (size_t)r * x_step + whole, rest);
        widened_step(sums, left, right, rows);
    }
    store_sums(y, y_stride, sums, rows, columns);
}

// Makes `name` out of `tile` for a fixed number of rows.
#define TILE(name, tile, rows)                                                                           \
    static void name(float *y, size_t y_stride, const char *x, size_t x_step,                            \
                     const char *const w[tile_columns], size_t depth, size_t columns) {                  \
        tile(y, y_stride, x, x_step, w, depth, columns, rows);                                           \
    }

TILE(float_tile_1, float_tile, 1)
TILE(float_tile_2, float_tile, 2)
TILE(float_tile_3, float_tile, 3)
#if LANES != 8
TILE(float_tile_4, float_tile, 4)
TILE(float_tile_5, float_tile, 5)
TILE(float_tile_6, float_tile, 6)
static tile_function *const float_tiles[] = {float_tile_1, float_tile_2, float_tile_3,
                                             float_tile_4, float_tile_5, float_tile_6};
#else
static tile_function *const float_tiles[] = {float_tile_1, float_tile_2, float_tile_3};
#endif

static void matmul_f32(float *y, size_t y_stride, const float *x, size_t x_stride, size_t rows,
                       const float *w, size_t w_stride, size_t columns, size_t depth) {
    product(y, y_stride, x, x_stride * sizeof *x, rows, w, w_stride * sizeof *w, columns, depth, sizeof *w, float_tiles,
            sizeof float_tiles / sizeof *float_tiles);
}

#ifndef NATIVE_BF16
TILE(widening_tile_1, widening_tile, 1)
TILE(widening_tile_2, widening_tile, 2)
#if LANES != 8
TILE(widening_tile_3, widening_tile, 3)
TILE(widening_tile_4, widening_tile, 4)
static tile_function *const widening_tiles[] = {widening_tile_1, widening_tile_2, widening_tile_3, widening_tile_4};
#else
static tile_function *const widening_tiles[] = {widening_tile_1, widening_tile_2};
#endif

static void matmul_bf16(float *y, size_t y_stride, const uint16_t *x, size_t x_stride, size_t rows,
                        const uint16_t *w, size_t w_stride, size_t columns, size_t depth) {
    product(y, y_stride, x, x_stride * sizeof *x, rows, w, w_stride * sizeof *w, columns, depth, sizeof *w, widening_tiles,
            sizeof widening_tiles / sizeof *widening_tiles);
}
#endif

#endif
