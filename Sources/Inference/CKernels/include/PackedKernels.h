// Weights in 8 or 4 bits a number, in the order that products read them, and activations in 8 bits.
//
// Both sides of a product are rotated, each group of DK_GROUP inputs by itself: signs, then the Walsh-Hadamard transform (QuaRot, Ashkboos et
// al. 2024; the last group is filled with zeros before). The product stays what it was, but no input stands out among its neighbours: an
// outlier becomes 128 numbers of the same size. Weights carry the factor 1/128 that makes two transforms one identity.
//
// Weights W[outputs, depth] are cut into panels of DK_PANEL outputs and groups of DK_GROUP inputs; outputs that the last panel lacks are
// zeros. One block is one panel × one group. The blocks of a panel follow one another, and so do the panels. Of (rotated) input k, output c:
//
//   DK_INT8, 4160 bytes: bf16 scales[32];
//     u8 [32 (k / 4)][32 (c)][4 (k % 4)]: q + 128, q in -127...127; weight = scale·q.
//   DK_INT4, 2240 bytes: bf16 scales[32]; steps s in 1...15, one for 16 inputs:
//     u8 [4 (k / 32)][32 (c)]: low nibble inputs 32m..., high nibble inputs 32m + 16...;
//     u8 [4 (m = k / 32)][4 (k / 4 % 4)][32 (c)][4 (k % 4)]: low nibble input 32m + k % 16, high nibble the one 16 further: q + 8, q in -8...7;
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
// The same by vectors of `lanes` floats, 4, 8 or 16, or as many as the processor has: for tests that the bytes are the same.
void dk_pack_by(size_t lanes, void *panels, dk_packing packing, const float *w, size_t w_stride, size_t outputs, size_t depth);

// The weights of one output again, turned back: y [depth].
void dk_unpack_row(float *y, const void *panels, dk_packing packing, size_t output, size_t depth);

// Activations, rotated: scale·value in groups of DK_GROUP; `sums` of a group's values.
typedef struct dk_int8_rows {
    int8_t *values;       // [rows, groups · DK_GROUP], rows `stride` bytes apart
    size_t stride;
    float *scales;        // [rows, groups], rows `group_stride` elements apart
    int32_t *sums;        // [rows, groups], rows `group_stride` elements apart
    size_t group_stride;
} dk_int8_rows;

// Bytes of scratch memory that one thread's `matmul_packed` needs, 64-byte aligned.
size_t dk_packed_scratch(size_t depth);

#endif
