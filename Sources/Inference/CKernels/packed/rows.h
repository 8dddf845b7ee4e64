// Activations in 8 bits, in vectors: the same numbers as portable.h's.
#ifndef PACKED_ROWS_H
#define PACKED_ROWS_H

#include "../vector/vectors.h"
#include "layout.h"

typedef int8_t vsmall __attribute__((ext_vector_type(LANES)));

INLINE vfloat some_inputs(const float *x, size_t k, size_t inputs) {
    return k + LANES <= inputs ? load(x + k) : k < inputs ? load_part(x + k, inputs - k) : splat(0);
}

INLINE void quantize_group(int8_t *values, float *scale, int32_t *sum, const float *x, size_t inputs) {
    vfloat all[DK_GROUP / LANES];
    vuint greatest_bits = {0};  // of numbers without a sign bits have the numbers' order, and NaN comes after infinity
    UNROLLED for (size_t i = 0; i < DK_GROUP / LANES; i++) {
        all[i] = some_inputs(x, i * LANES, inputs);
        greatest_bits = __builtin_elementwise_max(greatest_bits, (vuint)all[i] & 0x7fffffff);
    }
    uint32_t bits = __builtin_reduce_max(greatest_bits);
    float greatest = float_of_bits(bits);
    bool finite = bits < 0x7f800000, some = finite && greatest >= 0x1p-100f;
    *scale = some ? greatest / 127 : finite ? 0 : float_of_bits(0x7fc00000);
    if (!some) {
        memset(values, 0, DK_GROUP);
        *sum = 0;
        return;
    }
    // Adding 1.5·2²³ rounds to nearest, ties to even; the integer then stands in the lowest bits.
    vfloat factor = splat(127 / greatest), shift = splat(12582912.0f);
    vint total = {0};
    UNROLLED for (size_t i = 0; i < DK_GROUP / LANES; i++) {
        vint integers = (vint)(all[i] * factor + shift) - (vint)shift;
        vsmall small = __builtin_convertvector(integers, vsmall);
        memcpy(values + i * LANES, &small, sizeof small);
        total += integers;
    }
    *sum = __builtin_reduce_add(total);
}

static void quantize_row(int8_t *values, float *scales, int32_t *sums, const float *x, size_t depth) {
    for (size_t g = 0; g < groups_of(depth); g++) {
        size_t inputs = inputs_of(depth, g);
        const float *from = x + g * DK_GROUP;
        if (inputs == DK_GROUP) quantize_group(values + g * DK_GROUP, scales + g, sums + g, from, DK_GROUP);
        else quantize_group(values + g * DK_GROUP, scales + g, sums + g, from, inputs);
    }
}

#endif
