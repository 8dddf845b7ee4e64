// Weights in 8 or 4 bits a number, in the order that products read them, and activations in 8 bits.
//
// Weights W[outputs, depth] are cut into panels of DK_PANEL outputs and groups of DK_GROUP inputs; what the last ones lack is zeros.
// One block is one panel × one group. The blocks of a panel follow one another, and so do the panels. `q` below is of input k, output c:
//
//   DK_INT8, 4160 bytes: bf16 scales[32];
//     u8 [32 (k / 4)][32 (c)][4 (k % 4)]: q + 128, q in -127...127; weight = scale·q.
//   DK_INT4, 2176 bytes: bf16 scales[32]; steps s in 1...15, one for 32 inputs:
//     u8 [2 (h)][32 (c)]: low nibble inputs 64h..., high nibble inputs 64h + 32...;
//     u8 [2 (h)][8 (k / 4)][32 (c)][4 (k % 4)]: low nibble input 64h + k, high nibble input 64h + 32 + k: q + 8, q in -8...7;
//     weight = scale·s·q, where s·q is within -120...120: a block of 4 bits becomes one of 8 bits exactly.
//
// A scale may have either sign; it is NaN where the weights are not numbers, and every product with it is.
#ifndef PACKED_KERNELS_H
#define PACKED_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#define DK_PANEL 32
#define DK_GROUP 128

typedef enum dk_packing { DK_INT8 = 0, DK_INT4 } dk_packing;

// Bytes of one block, and of all panels of a weight. Blocks begin at multiples of 64 bytes.
size_t dk_packed_block_bytes(dk_packing packing);
size_t dk_packed_bytes(dk_packing packing, size_t outputs, size_t depth);

// Packs `w` [outputs, depth], rows `w_stride` floats apart, with the scales that lose least by the sum of squares.
// Any processor makes the same bytes. `outputs` that do not fill the last panel are zeros.
void dk_pack(void *panels, dk_packing packing, const float *w, size_t w_stride, size_t outputs, size_t depth);

// The weights of one output again: y [depth].
void dk_unpack_row(float *y, const void *panels, dk_packing packing, size_t output, size_t depth);

// Activations: x = scale·value in groups of DK_GROUP, `sums` of a group's values.
typedef struct dk_int8_rows {
    int8_t *values;       // [rows, depth up to whole groups], rows `stride` bytes apart
    size_t stride;
    float *scales;        // [rows, groups], rows `group_stride` elements apart
    int32_t *sums;        // [rows, groups], rows `group_stride` elements apart
    size_t group_stride;
} dk_int8_rows;

// Bytes of scratch memory that one thread's `matmul_packed` needs, 64-byte aligned.
size_t dk_packed_scratch(size_t depth);

#endif
