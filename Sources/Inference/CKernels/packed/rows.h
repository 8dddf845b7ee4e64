// Activations in 8 bits, in vectors: the same numbers as portable.h's.
#ifndef PACKED_ROWS_H
#define PACKED_ROWS_H

#include "../vector/vectors.h"
#include "layout.h"

typedef int8_t vsmall __attribute__((ext_vector_type(LANES)));

INLINE vfloat some_inputs(const float *x, size_t k, size_t inputs) {
    return k + LANES <= inputs ? load(x + k) : k < inputs ? load_part(x + k, inputs - k) : splat(0);
}

enum { group_vectors = DK_GROUP / LANES };

// The signs of rotation_sign, and those of a vector's upper halves: its pairs, quads and so on.
static const uint32_t
#define S(k) ((((k) & (k) >> 1 & 1) ^ ((k) >> 2 & (k) >> 3 & 1) ^ ((k) >> 4 & (k) >> 5 & 1)) ? 0x80000000u : 0)
#define S8(k) S(k), S(k + 1), S(k + 2), S(k + 3), S(k + 4), S(k + 5), S(k + 6), S(k + 7)
#define S64(k) S8(k), S8(k + 8), S8(k + 16), S8(k + 24), S8(k + 32), S8(k + 40), S8(k + 48), S8(k + 56)
    rotation_signs[64] = {S64(0)};
#undef S64
#undef S8
#undef S

INLINE vfloat signed_by(vfloat v, vuint signs) { return (vfloat)((vuint)v ^ signs); }

// One stage within vectors: a + b in the place of a, a - b in the place of b, `h` further.
#if LANES == 16
#define SWAPPED_8(v) __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)
#define SWAPPED_4(v) __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11)
#define SWAPPED_2(v) __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)
#define SWAPPED_1(v) __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)
#elif LANES == 8
#define SWAPPED_4(v) __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3)
#define SWAPPED_2(v) __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5)
#define SWAPPED_1(v) __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6)
#else
#define SWAPPED_2(v) __builtin_shufflevector(v, v, 2, 3, 0, 1)
#define SWAPPED_1(v) __builtin_shufflevector(v, v, 1, 0, 3, 2)
#endif

INLINE vuint lane_numbers(void) {
    vuint numbers;
    UNROLLED for (uint32_t i = 0; i < LANES; i++) numbers[i] = i;
    return numbers;
}

#define STAGE(h) UNROLLED for (int i = 0; i < group_vectors; i++) \
        all[i] = SWAPPED_##h(all[i]) + signed_by(all[i], (lane_numbers() & h) << (31 - __builtin_ctz(h)))

INLINE void rotate_vectors(vfloat all[group_vectors]) {
    UNROLLED for (int i = 0; i < group_vectors; i++) {
        vuint signs;
        memcpy(&signs, rotation_signs + i * LANES % 64, sizeof signs);
        all[i] = signed_by(all[i], signs);
    }
    STAGE(1);
    STAGE(2);
#if LANES >= 8
    STAGE(4);
#endif
#if LANES >= 16
    STAGE(8);
#endif
    UNROLLED for (int h = 1; h < group_vectors; h *= 2) {
        UNROLLED for (int i = 0; i < group_vectors; i++) {
            if (i & h) continue;
            vfloat a = all[i], b = all[i + h];
            all[i] = a + b;
            all[i + h] = a - b;
        }
    }
}

INLINE void quantize_group(int8_t *values, float *scale, int32_t *sum, const float *x, size_t inputs) {
    vfloat all[group_vectors];
    UNROLLED for (size_t i = 0; i < group_vectors; i++) all[i] = some_inputs(x, i * LANES, inputs);
    rotate_vectors(all);
    vuint greatest_bits = {0};  // of numbers without a sign bits have the numbers' order, and NaN comes after infinity
    UNROLLED for (size_t i = 0; i < group_vectors; i++) {
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
    UNROLLED for (size_t i = 0; i < group_vectors; i++) {
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
