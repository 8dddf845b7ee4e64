// Where the parts of a packed block lie, as PackedKernels.h describes them.
#ifndef PACKED_LAYOUT_H
#define PACKED_LAYOUT_H

#include <stdbool.h>

#include "../include/PackedKernels.h"
#include "../scalars.h"

enum {
    sub_block = 16,                        // inputs that share a step of 4-bit weights
    sub_blocks = DK_GROUP / sub_block,
    quad_inputs = 4,                       // neighbouring inputs, one 32-bit lane of an instruction
    scale_bytes = 2 * DK_PANEL,
    pairs = sub_blocks / 2,                // of sub-blocks, which share bytes
    pair_quads = sub_block / quad_inputs,
    step_bytes = pairs * DK_PANEL,
    quad_bytes = quad_inputs * DK_PANEL,   // of all columns of a panel
    int8_block_bytes = scale_bytes + DK_GROUP * DK_PANEL,
    int4_block_bytes = scale_bytes + step_bytes + DK_GROUP * DK_PANEL / 2,
    least_block_rows = 48,                 // rows of x that a panel is used for at once
    most_block_rows = 128,
};

static inline size_t groups_of(size_t depth) { return depth / DK_GROUP + (depth % DK_GROUP != 0); }

// How many inputs group `g` has.
static inline size_t inputs_of(size_t depth, size_t g) {
    size_t left = depth - g * DK_GROUP;
    return left < DK_GROUP ? left : DK_GROUP;
}

static inline float block_scale(const uint8_t *block, size_t column) {
    return float_of_bf16(((const any_u16 *)block)[column]);
}

// The integer that input `k`, 0..<DK_GROUP, of a column is times the scale.
static inline int int8_weight(const uint8_t *block, size_t column, size_t k) {
    return block[scale_bytes + k / quad_inputs * quad_bytes + column * quad_inputs + k % quad_inputs] - 128;
}

static inline int int4_weight(const uint8_t *block, size_t column, size_t k) {
    size_t pair = k / (2 * sub_block), shift = k / sub_block % 2 * 4, within = k % sub_block;
    int step = block[scale_bytes + pair * DK_PANEL + column] >> shift & 15;
    const uint8_t *quads = block + scale_bytes + step_bytes + (pair * pair_quads + within / quad_inputs) * quad_bytes;
    return step * ((quads[column * quad_inputs + within % quad_inputs] >> shift & 15) - 8);
}

// What input `k` of a group is multiplied by before it is transformed: without signs a row's mean would all fall on number 0.
static inline float rotation_sign(size_t k) {
    size_t odd = (k & k >> 1 & 1) ^ (k >> 2 & k >> 3 & 1) ^ (k >> 4 & k >> 5 & 1);
    return odd ? -1.0f : 1.0f;
}

// The Walsh-Hadamard transform of a group, neighbours first.
static inline void transform_group(float y[DK_GROUP]) {
    for (size_t h = 1; h < DK_GROUP; h *= 2) {
        for (size_t k = 0; k < DK_GROUP; k += 2 * h) {
            for (size_t i = k; i < k + h; i++) {
                float a = y[i], b = y[i + h];
                y[i] = a + b;
                y[i + h] = a - b;
            }
        }
    }
}

#endif
