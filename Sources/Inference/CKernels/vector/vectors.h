// Vectors of LANES floats, for whichever instruction set the including file has chosen.
//
// Clang's vector extensions: + - * / and comparisons work lane by lane; each becomes one instruction where LANES is the set's width.
// A file defines LANES, pushes its target attribute and includes what it needs from this folder; nothing here is compiled by itself.
#ifndef VECTORS_H
#define VECTORS_H

#include "../scalars.h"
#include "../versions.h"

// A product and a sum are one operation where `fused` says so and nowhere else.
#pragma clang fp contract(off)

#define INLINE static inline __attribute__((always_inline))
// Loops over a tile's registers must vanish, or the registers become memory.
#define UNROLLED _Pragma("clang loop unroll(full)")
#define ROLLED _Pragma("clang loop unroll(disable)")

typedef float vfloat __attribute__((ext_vector_type(LANES)));
typedef int32_t vint __attribute__((ext_vector_type(LANES)));
typedef uint32_t vuint __attribute__((ext_vector_type(LANES)));
typedef uint16_t vhalf __attribute__((ext_vector_type(LANES)));

INLINE vfloat splat(float value) { return (vfloat)value; }

INLINE vfloat load(const void *p) {
    vfloat v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void store(void *p, vfloat v) { memcpy(p, &v, sizeof v); }

// The first `count` lanes; the others are zero.
INLINE vfloat load_part(const void *p, size_t count) {
#if LANES == 16
    return (vfloat)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
#else
    vfloat v = splat(0);
    memcpy(&v, p, count * sizeof(float));
    return v;
#endif
}

INLINE void store_part(void *p, vfloat v, size_t count) {
#if LANES == 16
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
#else
    memcpy(p, &v, count * sizeof(float));
#endif
}

INLINE vfloat fused(vfloat a, vfloat b, vfloat c) { return __builtin_elementwise_fma(a, b, c); }

INLINE vfloat choose(vint condition, vfloat yes, vfloat no) {
    return condition ? yes : no;
}

INLINE vfloat greater(vfloat a, vfloat b) { return a > b ? a : b; }

// The second half in the place of the first; then quarters, pairs and neighbours likewise.
#if LANES == 16
#define FOLD_8(v) __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)
#define FOLD_4(v) __builtin_shufflevector(v, v, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7)
#define FOLD_2(v) __builtin_shufflevector(v, v, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3)
#define FOLD_1(v) __builtin_shufflevector(v, v, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
#elif LANES == 8
#define FOLD_4(v) __builtin_shufflevector(v, v, 4, 5, 6, 7, 4, 5, 6, 7)
#define FOLD_2(v) __builtin_shufflevector(v, v, 2, 3, 2, 3, 2, 3, 2, 3)
#define FOLD_1(v) __builtin_shufflevector(v, v, 1, 1, 1, 1, 1, 1, 1, 1)
#else
#define FOLD_2(v) __builtin_shufflevector(v, v, 2, 3, 2, 3)
#define FOLD_1(v) __builtin_shufflevector(v, v, 1, 1, 1, 1)
#endif

INLINE float greatest_lane(vfloat v) {
#if LANES >= 16
    v = greater(v, FOLD_8(v));
#endif
#if LANES >= 8
    v = greater(v, FOLD_4(v));
#endif
    v = greater(v, FOLD_2(v));
    v = greater(v, FOLD_1(v));
    return v[0];
}

// Halves added to halves, always in this order.
INLINE float sum_lanes(vfloat v) {
#if LANES >= 16
    v += FOLD_8(v);
#endif
#if LANES >= 8
    v += FOLD_4(v);
#endif
    v += FOLD_2(v);
    v += FOLD_1(v);
    return v[0];
}

INLINE vfloat widen_bf16(const void *p) {
    vhalf v;
    memcpy(&v, p, sizeof v);
    return (vfloat)(__builtin_convertvector(v, vuint) << 16);
}

// To nearest, ties to even; a NaN stays one (see `bf16_of_float`). The result lies in the upper half of each lane.
INLINE vuint rounded_bits(vfloat v) {
    vuint bits = (vuint)v;
    vuint nearest = bits + 0x7fff + (bits >> 16 & 1);
    vint is_nan = v != v;
    return (nearest & ~(vuint)is_nan) | ((bits | 0x400000) & (vuint)is_nan);
}

INLINE vhalf narrowed(vfloat v) { return __builtin_convertvector(rounded_bits(v) >> 16, vhalf); }

INLINE void store_bf16(void *p, vfloat v) {
    vhalf halves = narrowed(v);
    memcpy(p, &halves, sizeof halves);
}

// e to the power of each lane, within 1.2e-7 of it (Cephes' expf polynomial; Cody and Waite's reduction). Zero below -87.3, where
// the exact value is subnormal; the greatest power of two that floats have, times e's remainder, above 88.4.
INLINE vfloat exponential(vfloat x) {
    vint too_small = x < splat(-87.33654f);
    vfloat limited = choose(x > splat(88.3762626647949f), splat(88.3762626647949f), x);
    limited = choose(too_small, splat(0), limited);
    // Adding 1.5·2²³ rounds to an integer, which then stands in the lowest bits.
    vfloat shifted = fused(limited, splat(1.44269504088896341f), splat(12582912.0f));
    vfloat n = shifted - splat(12582912.0f);
    vfloat r = fused(n, splat(-0.693359375f), limited);
    r = fused(n, splat(2.12194440e-4f), r);
    vfloat p = splat(1.9875691500e-4f);
    p = fused(p, r, splat(1.3981999507e-3f));
    p = fused(p, r, splat(8.3334519073e-3f));
    p = fused(p, r, splat(4.1665795894e-2f));
    p = fused(p, r, splat(1.6666665459e-1f));
    p = fused(p, r, splat(5.0000001201e-1f));
    p = fused(p, r * r, r) + splat(1);
    vfloat power = (vfloat)(((vint)shifted + 127) << 23);
    return choose(too_small, splat(0), p * power);
}

#endif
