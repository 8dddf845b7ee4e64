// What packing has lost of a row.
#include <math.h>

#include "../include/PackingLoss.h"
#include "layout.h"

enum { sums_at_once = 8 };

void dk_loss(double *loss, double *norm, const float *before, const float *after, size_t count) {
    double l[sums_at_once] = {0}, n[sums_at_once] = {0};
    for (size_t k = 0; k < count; k += sums_at_once) {
        size_t left = count - k < sums_at_once ? count - k : sums_at_once;
        for (size_t i = 0; i < left; i++) {
            double value = ((const any_float *)before)[k + i], error = value - ((const any_float *)after)[k + i];
            l[i] += error * error;
            n[i] += value * value;
        }
    }
    *loss = 0;
    *norm = 0;
    for (size_t i = 0; i < sums_at_once; i++) {
        *loss += l[i];
        *norm += n[i];
    }
}

// Rounds to the nearest, as the reference's roundf does away from zero.
static inline float rounded(float value) { return truncf(value + copysignf(0.5f, value)); }

// Source: `quantize_row_q8_0_ref` and `quantize_row_q4_0_ref` of ggml; their scale is rounded to half precision, which is left out here.
double dk_block_loss(dk_packing packing, const float *row, size_t count) {
    enum { block = 32 };
    double loss = 0;
    for (size_t start = 0; start < count; start += block) {
        size_t length = count - start < block ? count - start : block;
        const any_float *x = (const any_float *)row + start;
        float greatest = 0;  // with its sign
        for (size_t k = 0; k < length; k++) {
            if (fabsf(x[k]) > fabsf(greatest)) greatest = x[k];
        }
        float scale = packing == DK_INT4 ? greatest / -8 : fabsf(greatest) / 127;
        float inverse = scale != 0 ? 1 / scale : 0;
        for (size_t k = 0; k < length; k++) {
            float q;
            if (packing == DK_INT4) {
                q = truncf(x[k] * inverse + 8.5f);
                q = (q > 15 ? 15 : q) - 8;
            } else {
                q = rounded(x[k] * inverse);
            }
            double error = (double)x[k] - (double)(scale * q);
            loss += error * error;
        }
    }
    return loss;
}
