// Single numbers: the narrow floating types, and loads that need no alignment.
#ifndef SCALARS_H
#define SCALARS_H

#include <stdint.h>
#include <string.h>

// Weights lie in a file at any offset. The compiler may assume a plain `float *` to be aligned, these not.
typedef float any_float __attribute__((aligned(1)));
typedef uint16_t any_u16 __attribute__((aligned(1)));

static inline float float_of_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t bits_of_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline float float_of_bf16(uint16_t half) { return float_of_bits((uint32_t)half << 16); }

// To nearest, ties to even. A NaN stays one: its quiet bit is set, as rounding could carry it into infinity.
static inline uint16_t bf16_of_float(float value) {
    uint32_t bits = bits_of_float(value);
    if ((bits & 0x7fffffff) > 0x7f800000) return (uint16_t)((bits >> 16) | 0x40);
    return (uint16_t)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

static inline float float_of_f16(uint16_t half) {
    uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    uint32_t rest = half & 0x7fff;
    if (rest >= 0x7c00) return float_of_bits(sign | 0x7f800000 | (rest & 0x3ff) << 13);
    if (rest >= 0x0400) return float_of_bits(sign | ((rest << 13) + (112u << 23)));
    float subnormal = (float)rest * 0x1p-24f;
    return sign ? -subnormal : subnormal;
}

#endif
