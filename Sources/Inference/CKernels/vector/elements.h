// What is done element by element: activations, sums, rotations, and the forms that numbers are stored in.
#ifndef ELEMENTS_H
#define ELEMENTS_H

#include "blocks.h"
#include "vectors.h"

// y = function(y), the last lanes by way of a vector that is not full.
#define DEFINE_ACTIVATION(name, function)                                            \
    static void name(float *x, size_t count) {                                       \
        size_t i = 0;                                                                \
        for (; i + LANES <= count; i += LANES) store(x + i, function(load(x + i)));  \
        if (i < count) store_part(x + i, function(load_part(x + i, count - i)), count - i); \
    }

// x·(1 + tanh u)/2 = x/(1 + e^(-2u)), where u = √(2/π)·(x + 0.044715·x³).
INLINE vfloat gelu_by_tanh(vfloat x) {
    vfloat inner = fused(x * x * x, splat(0.044715f), x) * splat(0.7978845608028654f);
    return x / (splat(1) + exponential(splat(-2) * inner));
}

// The error function within 2e-7, in two pieces (N. Juffa's single-precision polynomials).
INLINE vfloat error_function(vfloat x) {
    vfloat t = __builtin_elementwise_abs(x), s = x * x;
    vfloat far = fused(splat(-1.72853470e-5f), t, splat(3.83197126e-4f));
    vfloat far_low = fused(splat(-3.88396438e-3f), t, splat(2.42546219e-2f));
    far = fused(far, s, far_low);
    far = fused(far, t, splat(-1.06777877e-1f));
    far = fused(far, t, splat(-6.34846687e-1f));
    far = fused(far, t, splat(-1.28717512e-1f));
    far = fused(far, t, -t);
    // Beyond 4 it is 1 in float; farther out the polynomial is good for nothing.
    far = choose(t > splat(4), splat(1), splat(1) - exponential(far));
    vint sign = (vint)x & (vint)splat(-0.0f);
    far = (vfloat)((vint)far | sign);
    vfloat near = splat(-5.96761703e-4f);
    near = fused(near, s, splat(4.99119423e-3f));
    near = fused(near, s, splat(-2.67681349e-2f));
    near = fused(near, s, splat(1.12819925e-1f));
    near = fused(near, s, splat(-3.76125336e-1f));
    near = fused(near, s, splat(1.28379166e-1f));
    near = fused(near, x, x);
    return choose(t > splat(0.927734375f), far, near);
}

INLINE vfloat gelu_by_erf(vfloat x) {
    vfloat value = splat(0.5f) * x * (splat(1) + error_function(x * splat(0.7071067811865476f)));
    return choose(x != x, x, value);
}

DEFINE_ACTIVATION(gelu_tanh, gelu_by_tanh)
DEFINE_ACTIVATION(gelu_erf, gelu_by_erf)

INLINE vfloat silu(vfloat x) { return x / (splat(1) + exponential(-x)); }

static void silu_multiply(float *gate, const float *up, size_t count) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) store(gate + i, silu(load(gate + i)) * load(up + i));
    if (i < count) {
        store_part(gate + i, silu(load_part(gate + i, count - i)) * load_part(up + i, count - i), count - i);
    }
}

static void add(float *y, const float *x, size_t count) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) store(y + i, load(y + i) + load(x + i));
    if (i < count) store_part(y + i, load_part(y + i, count - i) + load_part(x + i, count - i), count - i);
}

static void add_rows(float *y, size_t y_stride, const float *x, size_t rows, size_t width) {
    for (size_t r = 0; r < rows; r++) add(y + r * y_stride, x, width);
}

static void rotate_halves(float *x, size_t heads, size_t head_stride, size_t head_dim,
                          const float *cosine, const float *sine) {
    size_t half = head_dim / 2;
    for (size_t h = 0; h < heads; h++) {
        float *first = x + h * head_stride, *second = first + half;
        size_t j = 0;
        for (; j + LANES <= half; j += LANES) {
            vfloat a = load(first + j), b = load(second + j), c = load(cosine + j), s = load(sine + j);
            store(first + j, a * c - b * s);
            store(second + j, b * c + a * s);
        }
        if (j < half) {
            size_t rest = half - j;
            vfloat a = load_part(first + j, rest), b = load_part(second + j, rest);
            vfloat c = load_part(cosine + j, rest), s = load_part(sine + j, rest);
            store_part(first + j, a * c - b * s, rest);
            store_part(second + j, b * c + a * s, rest);
        }
    }
}

static void narrow_bf16(uint16_t *y, const float *x, size_t count) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) store_bf16(y + i, load(x + i));
    for (; i < count; i++) ((any_u16 *)y)[i] = bf16_of_float(((const any_float *)x)[i]);
}

static void widen(float *y, const void *stored, dk_type type, size_t count) { widen_blocks(y, stored, type, count); }

#endif
