// Products with packed weights in plain C: the truth for all versions.
#ifndef PACKED_PORTABLE_H
#define PACKED_PORTABLE_H

#include <math.h>

#include "../versions.h"
#include "layout.h"

#pragma clang fp contract(off)

// Adding 1.5·2²³ rounds to nearest, ties to even; the integer then stands in the lowest bits.
static inline int32_t nearest_integer(float value) {
    const float shift = 12582912.0f;
    return (int32_t)(bits_of_float(value + shift) - bits_of_float(shift));
}

static void quantize_group(int8_t *values, float *scale, int32_t *sum, const any_float *x, size_t count) {
    float rotated[DK_GROUP] = {0};
    for (size_t k = 0; k < count; k++) rotated[k] = x[k] * rotation_sign(k);
    transform_group(rotated);
    uint32_t greatest_bits = 0;  // of numbers without a sign bits have the numbers' order, and NaN comes after infinity
    for (size_t k = 0; k < DK_GROUP; k++) {
        uint32_t bits = bits_of_float(rotated[k]) & 0x7fffffff;
        greatest_bits = bits > greatest_bits ? bits : greatest_bits;
    }
    float greatest = float_of_bits(greatest_bits);
    bool finite = greatest_bits < 0x7f800000, some = finite && greatest >= 0x1p-100f;
    float factor = some ? 127 / greatest : 0;
    *scale = some ? greatest / 127 : finite ? 0 : NAN;
    int32_t total = 0;
    memset(values, 0, DK_GROUP);
    for (size_t k = 0; some && k < DK_GROUP; k++) {
        int32_t value = nearest_integer(rotated[k] * factor);
        values[k] = (int8_t)value;
        total += value;
    }
    *sum = total;
}

static void quantize_row(int8_t *values, float *scales, int32_t *sums, const float *x, size_t depth) {
    for (size_t g = 0; g < groups_of(depth); g++) {
        quantize_group(values + g * DK_GROUP, scales + g, sums + g, (const any_float *)x + g * DK_GROUP, inputs_of(depth, g));
    }
}

static void matmul_packed(float *y, size_t y_stride, const dk_int8_rows *x, size_t rows, const void *panels,
                          dk_packing packing, size_t columns, size_t depth, void *scratch) {
    (void)scratch;
    size_t size = dk_packed_block_bytes(packing), groups = groups_of(depth);
    for (size_t first = 0; first < columns; first += DK_PANEL) {
        size_t count = columns - first < DK_PANEL ? columns - first : DK_PANEL;
        const uint8_t *panel = (const uint8_t *)panels + first / DK_PANEL * groups * size;
        for (size_t r = 0; r < rows; r++) {
            for (size_t c = 0; c < count; c++) ((any_float *)y)[r * y_stride + first + c] = 0;
        }
        for (size_t g = 0; g < groups; g++) {
            const uint8_t *block = panel + g * size;
            for (size_t c = 0; c < count; c++) {
                int8_t weights[DK_GROUP];
                for (size_t k = 0; k < DK_GROUP; k++) {
                    weights[k] = (int8_t)(packing == DK_INT4 ? int4_weight(block, c, k) : int8_weight(block, c, k));
                }
                for (size_t r = 0; r < rows; r++) {
                    const int8_t *values = x->values + r * x->stride + g * DK_GROUP;
                    int32_t sum = 0;
                    for (size_t k = 0; k < DK_GROUP; k++) sum += weights[k] * values[k];
                    any_float *to = (any_float *)y + r * y_stride + first + c;
                    *to = fmaf((float)sum, block_scale(block, c) * x->scales[r * x->group_stride + g], *to);
                }
            }
        }
    }
}

#endif
