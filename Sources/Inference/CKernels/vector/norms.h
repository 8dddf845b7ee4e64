// Normalisations of rows.
#ifndef NORMS_H
#define NORMS_H

#include <math.h>

#include "vectors.h"

// The sum over a row of (x - middle)², or of x where `squared` is false, in partial sums.
INLINE float row_sum(const float *x, size_t width, float middle, const bool squared) {
    vfloat sums[4] = {splat(0), splat(0), splat(0), splat(0)}, m = splat(middle);
    size_t i = 0;
    for (; i + 4 * LANES <= width; i += 4 * LANES) {
        UNROLLED for (size_t j = 0; j < 4; j++) {
            vfloat v = load(x + i + j * LANES);
            sums[j] = squared ? fused(v - m, v - m, sums[j]) : sums[j] + v;
        }
    }
    for (; i + LANES <= width; i += LANES) {
        vfloat v = load(x + i);
        sums[0] = squared ? fused(v - m, v - m, sums[0]) : sums[0] + v;
    }
    float rest = 0;
    for (; i < width; i++) {
        float v = ((const any_float *)x)[i];
        rest += squared ? (v - middle) * (v - middle) : v;
    }
    return sum_lanes((sums[0] + sums[1]) + (sums[2] + sums[3])) + rest;
}

static void rms_norm(float *y, size_t y_stride, const float *x, size_t x_stride, const float *weight,
                     size_t rows, size_t width, float epsilon) {
    for (size_t r = 0; r < rows; r++) {
        const float *from = x + r * x_stride;
        float *to = y + r * y_stride;
        float factor = 1 / sqrtf(row_sum(from, width, 0, true) / (float)width + epsilon);
        size_t i = 0;
        for (; i + LANES <= width; i += LANES) store(to + i, load(from + i) * splat(factor) * load(weight + i));
        if (i < width) {
            vfloat v = load_part(from + i, width - i) * splat(factor) * load_part(weight + i, width - i);
            store_part(to + i, v, width - i);
        }
    }
}

static void layer_norm(float *y, size_t y_stride, const float *x, size_t x_stride, const float *weight,
                       const float *bias, size_t rows, size_t width, float epsilon) {
    for (size_t r = 0; r < rows; r++) {
        const float *from = x + r * x_stride;
        float *to = y + r * y_stride;
        float mean = row_sum(from, width, 0, false) / (float)width;
        float factor = 1 / sqrtf(row_sum(from, width, mean, true) / (float)width + epsilon);
        vfloat middle = splat(mean), scale = splat(factor);
        size_t i = 0;
        for (; i + LANES <= width; i += LANES) {
            store(to + i, fused((load(from + i) - middle) * scale, load(weight + i), load(bias + i)));
        }
        if (i < width) {
            size_t rest = width - i;
            vfloat v = (load_part(from + i, rest) - middle) * scale;
            store_part(to + i, fused(v, load_part(weight + i, rest), load_part(bias + i, rest)), rest);
        }
    }
}

#endif
