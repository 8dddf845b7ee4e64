// Arithmetic of the model on one core, and the threads that share it out.
//
// `dk_kernels` is one instruction set's version of every kernel. All versions do the same sums; `reference.c` is the truth,
// and each result depends only on its own row of `x` and of `w`: not on the rows beside it, nor on who computes it.
// Pointers need no alignment, with these exceptions: tiles of keys and values, the scales and sums of dk_int8_rows and scratch memory are
// aligned as their elements are, and matmul_packed's scratch memory to 64 bytes. A count of zero does nothing.
//
// What makes them fast: rows of x that do not lie a multiple of 4096 bytes apart, as such rows contend for the same cache lines, and many
// queries in one call of attention, which share a tile while it is near (`Benchmarks/kernels/run attention`).
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "PackedKernels.h"

// Only what a version must always have is marked: data of a count of zero may be NULL.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wnullability-completeness"

// How the elements of a weight are stored; the block formats are those of GGUF.
typedef enum dk_type {
    DK_F32 = 0,
    DK_F16,
    DK_BF16,
    DK_Q8_0,
    DK_Q4_0,
    DK_Q4_K,
    DK_Q5_K,
    DK_Q6_K,
} dk_type;

// Elements that one block holds (1 for plain types), and its bytes.
size_t dk_block_elements(dk_type type);
size_t dk_block_bytes(dk_type type);

// Keys and values of one head lie in tiles of DK_TILE_KEYS positions, written once in the order in which attention reads them:
// first the tile's keys, then its values. In float32: keys [head_dim][64 positions], values [64 positions][head_dim]. In bfloat16, in
// pairs of 32 bits: keys [head_dim/2][64 positions][2 neighbouring elements], values [32][head_dim][2 neighbouring positions].
// Different positions are different bytes. What was never written may be anything.
#define DK_TILE_KEYS 64
typedef enum dk_tiles { DK_TILES_F32 = 0, DK_TILES_BF16 } dk_tiles;

size_t dk_tile_bytes(dk_tiles format, size_t head_dim);  // a multiple of 64
// Copies positions 0..<count of tiles, and no byte of others.
void dk_copy_positions(void *tiles, const void *from, dk_tiles format, size_t head_dim, size_t count);

// Scaled dot-product attention with softmax: of one head, or of several that share their keys and values.
typedef struct dk_attention {
    const float *q;         // [rows, heads, head_dim], rows `q_stride` floats apart
    // Tiles lie in blocks: position j is position j % block_keys of the tiles at blocks[j / block_keys]. A cache shares
    // full blocks between sequences; where all tiles lie together, one block holds them.
    const void *const *blocks;
    size_t block_keys;      // a multiple of DK_TILE_KEYS, or at least `keys`
    dk_tiles format;
    float *out;             // [rows, heads, head_dim], rows `out_stride` floats apart
    size_t q_stride, out_stride;
    size_t rows, heads, keys, head_dim;
    float scale;            // multiplies q·k
    // Row i sees keys 0...first_visible+i; `keys` or more lets every row see all.
    size_t first_visible;
} dk_attention;

typedef struct dk_kernels {
    // "avx512-bf16", "avx512-vnni", "avx2-vnni", "avx512", "avx2"; "neon-i8mm", "neon-dotprod", "neon"; "portable".
    const char *_Nonnull name;

    // y[r, c] = sum over k of x[r, k]·w[c, k]; strides in elements.
    void (*_Nonnull matmul_f32)(float *y, size_t y_stride, const float *x, size_t x_stride, size_t rows,
                                const float *w, size_t w_stride, size_t columns, size_t depth);
    // The same over bfloat16 factors, summed in float.
    void (*_Nonnull matmul_bf16)(float *y, size_t y_stride, const uint16_t *x, size_t x_stride, size_t rows,
                                 const uint16_t *w, size_t w_stride, size_t columns, size_t depth);

    // Stored elements to float; `count` is whole blocks.
    void (*_Nonnull widen)(float *y, const void *stored, dk_type type, size_t count);
    // Float to bfloat16, to nearest, ties to even.
    void (*_Nonnull narrow_bf16)(uint16_t *y, const float *x, size_t count);

    // y[r] = x[r]·weight / sqrt(mean(x[r]²) + epsilon); y may be x.
    void (*_Nonnull rms_norm)(float *y, size_t y_stride, const float *x, size_t x_stride, const float *weight,
                              size_t rows, size_t width, float epsilon);
    // y[r] = (x[r] - mean)/sqrt(variance + epsilon)·weight + bias; y may be x.
    void (*_Nonnull layer_norm)(float *y, size_t y_stride, const float *x, size_t x_stride, const float *weight,
                                const float *bias, size_t rows, size_t width, float epsilon);

    // Rotates element j of each head with element j + head_dim/2 by an angle; `cosine`, `sine`: [head_dim/2].
    void (*_Nonnull rotate_halves)(float *x, size_t heads, size_t head_stride, size_t head_dim,
                                   const float *cosine, const float *sine);

    void (*_Nonnull add)(float *y, const float *x, size_t count);             // y += x
    void (*_Nonnull add_rows)(float *y, size_t y_stride, const float *x, size_t rows, size_t width);  // each row of y += x
    void (*_Nonnull silu_multiply)(float *gate, const float *up, size_t count);  // gate = silu(gate)·up
    void (*_Nonnull gelu_tanh)(float *x, size_t count);
    void (*_Nonnull gelu_erf)(float *x, size_t count);

    // Rows of keys or of values, [count, head_dim], `stride` floats apart, to positions first..<first+count of some tiles.
    void (*_Nonnull write_keys)(void *tiles, dk_tiles format, size_t head_dim, size_t first, const float *x, size_t stride, size_t count);
    void (*_Nonnull write_values)(void *tiles, dk_tiles format, size_t head_dim, size_t first, const float *x, size_t stride, size_t count);
    // `scratch`: dk_attention_scratch(head_dim) floats. Tiles are taken in their order, so that an output does not depend on how many
    // keys or queries lie beyond it. A version that multiplies bfloat16 rounds queries and the softmax's weights too where tiles are so.
    void (*_Nonnull attend)(const dk_attention *a, float *scratch);

    // One row of activations, or a part that begins with a group. Zeros fill the last group, and each is rotated by sums and differences of
    // its floats, neighbours first (PackedKernels.h). Then scale = greatest |x| / 127 and value = x·(127 / greatest |x|) to nearest, ties to
    // even. Below 2^-100 all are zero, and so is the scale; where a number is infinite or none, values are zero and the scale is NaN.
    // All versions give the same bits.
    void (*_Nonnull quantize_row)(int8_t *values, float *scales, int32_t *sums, const float *x, size_t depth);
    // y[r, c] = sum over k of x[r, k]·w[c, k] with packed weights; columns are counted from a panel's begin. All versions give the
    // same bits: from 0, for each group in order, y = fma(sum, w_scale·x_scale, y) with the exact sum of the integer products.
    // `scratch`: dk_packed_scratch(depth) bytes, 64-byte aligned.
    void (*_Nonnull matmul_packed)(float *y, size_t y_stride, const dk_int8_rows *x, size_t rows, const void *panels,
                                   dk_packing packing, size_t columns, size_t depth, void *scratch);
} dk_kernels;

size_t dk_attention_scratch(size_t head_dim);

// The versions that this processor can run, best first; the last is "portable". `count` is set.
const dk_kernels *_Nonnull const *_Nonnull dk_available(size_t *count);
// Whether `matmul_bf16` is an instruction here, not an emulation.
bool dk_has_native_bf16(const dk_kernels *kernels);

// Threads. One pool a process; `work(context, part)` is called once for each part in 0..<parts, the calling thread helping,
// and dk_pool_run returns when all are done. One caller at a time (others wait their turn). Waiting threads spin briefly, then block.
typedef struct dk_pool dk_pool;
dk_pool *_Nullable dk_pool_create(size_t threads);  // NULL when out of memory
void dk_pool_destroy(dk_pool *pool);
size_t dk_pool_threads(const dk_pool *pool);
// Which of the pool's threads a part runs on: 0 for the calling one, below dk_pool_threads for all.
size_t dk_pool_thread(void);
// Without a pool, and in a part of another run, the calling thread does all.
void dk_pool_run(dk_pool *_Nullable pool, size_t parts, void (*work)(void *context, size_t part), void *context);

#pragma clang diagnostic pop

#include "MemoryReading.h"
#include "PackingLoss.h"
#include "PictureKernels.h"

#endif
