// The kernels in plain C: what every faster version is tested against, and what runs where none of them can.
//
// Long sums are kept in partial sums, as that is more exact than one running total and lets any compiler use its vectors.
#include <math.h>

#include "packed/portable.h"
#include "scalars.h"
#include "vector/blocks.h"
#include "versions.h"

enum { partial_sums = 16 };

static float sum_of(const float partial[partial_sums]) {
    float sums[partial_sums];
    memcpy(sums, partial, sizeof sums);
    for (int half = partial_sums / 2; half > 0; half /= 2) {
        for (int i = 0; i < half; i++) sums[i] += sums[i + half];
    }
    return sums[0];
}

static float dot(const any_float *x, const any_float *w, size_t depth) {
    float sums[partial_sums] = {0};
    size_t k = 0;
    for (; k + partial_sums <= depth; k += partial_sums) {
        for (int i = 0; i < partial_sums; i++) sums[i] += x[k + i] * w[k + i];
    }
    for (int i = 0; k < depth; k++, i++) sums[i] += x[k] * w[k];
    return sum_of(sums);
}

static float dot_bf16(const any_u16 *x, const any_u16 *w, size_t depth) {
    float sums[partial_sums] = {0};
    size_t k = 0;
    for (; k + partial_sums <= depth; k += partial_sums) {
        for (int i = 0; i < partial_sums; i++) {
            sums[i] += float_of_bf16(x[k + i]) * float_of_bf16(w[k + i]);
        }
    }
    for (int i = 0; k < depth; k++, i++) sums[i] += float_of_bf16(x[k]) * float_of_bf16(w[k]);
    return sum_of(sums);
}

static void matmul_f32(float *y, size_t y_stride, const float *x, size_t x_stride, size_t rows,
                       const float *w, size_t w_stride, size_t columns, size_t depth) {
    for (size_t c = 0; c < columns; c++) {
        for (size_t r = 0; r < rows; r++) {
            ((any_float *)y)[r * y_stride + c] = dot(x + r * x_stride, w + c * w_stride, depth);
        }
    }
}

static void matmul_bf16(float *y, size_t y_stride, const uint16_t *x, size_t x_stride, size_t rows,
                        const uint16_t *w, size_t w_stride, size_t columns, size_t depth) {
    for (size_t c = 0; c < columns; c++) {
        for (size_t r = 0; r < rows; r++) {
            ((any_float *)y)[r * y_stride + c] = dot_bf16(x + r * x_stride, w + c * w_stride, depth);
        }
    }
}

static void widen(float *y, const void *stored, dk_type type, size_t count) { widen_blocks(y, stored, type, count); }

static void narrow_bf16(uint16_t *y, const float *x, size_t count) {
    for (size_t i = 0; i < count; i++) ((any_u16 *)y)[i] = bf16_of_float(((const any_float *)x)[i]);
}

static void rms_norm(float *y, size_t y_stride, const float *x, size_t x_stride, const float *weight,
                     size_t rows, size_t width, float epsilon) {
    const any_float *scale = weight;
    for (size_t r = 0; r < rows; r++) {
        const any_float *from = x + r * x_stride;
        any_float *to = y + r * y_stride;
        double squares = 0;
        for (size_t i = 0; i < width; i++) squares += (double)from[i] * from[i];
        float factor = (float)(1 / sqrt(squares / (double)width + (double)epsilon));
        for (size_t i = 0; i < width; i++) to[i] = from[i] * factor * scale[i];
    }
}

static void layer_norm(float *y, size_t y_stride, const float *x, size_t x_stride, const float *weight,
                       const float *bias, size_t rows, size_t width, float epsilon) {
    const any_float *scale = weight, *shift = bias;
    for (size_t r = 0; r < rows; r++) {
        const any_float *from = x + r * x_stride;
        any_float *to = y + r * y_stride;
        double sum = 0, squares = 0;
        for (size_t i = 0; i < width; i++) sum += from[i];
        double mean = sum / (double)width;
        for (size_t i = 0; i < width; i++) squares += (from[i] - mean) * (from[i] - mean);
        float factor = (float)(1 / sqrt(squares / (double)width + (double)epsilon)), middle = (float)mean;
        for (size_t i = 0; i < width; i++) to[i] = (from[i] - middle) * factor * scale[i] + shift[i];
    }
}

static void rotate_halves(float *x, size_t heads, size_t head_stride, size_t head_dim,
                          const float *cosine, const float *sine) {
    size_t half = head_dim / 2;
    const any_float *cosines = cosine, *sines = sine;
    for (size_t h = 0; h < heads; h++) {
        any_float *first = x + h * head_stride, *second = first + half;
        for (size_t j = 0; j < half; j++) {
            float a = first[j], b = second[j];
            first[j] = a * cosines[j] - b * sines[j];
            second[j] = b * cosines[j] + a * sines[j];
        }
    }
}

static void add(float *y, const float *x, size_t count) {
    for (size_t i = 0; i < count; i++) ((any_float *)y)[i] += ((const any_float *)x)[i];
}

static void add_rows(float *y, size_t y_stride, const float *x, size_t rows, size_t width) {
    for (size_t r = 0; r < rows; r++) add(y + r * y_stride, x, width);
}

static void silu_multiply(float *gate, const float *up, size_t count) {
    any_float *g = gate;
    for (size_t i = 0; i < count; i++) g[i] = g[i] / (1 + expf(-g[i])) * ((const any_float *)up)[i];
}

// Hendrycks & Gimpel, "Gaussian Error Linear Units": the approximation by tanh.
static void gelu_tanh(float *x, size_t count) {
    any_float *v = x;
    for (size_t i = 0; i < count; i++) {
        float inner = 0.7978845608028654f * (v[i] + 0.044715f * v[i] * v[i] * v[i]);
        v[i] = 0.5f * v[i] * (1 + tanhf(inner));
    }
}

static void gelu_erf(float *x, size_t count) {
    any_float *v = x;
    for (size_t i = 0; i < count; i++) v[i] = 0.5f * v[i] * (1 + erff(v[i] * 0.7071067811865476f));
}

static float rounded(float value, bool narrow) {
    return narrow ? float_of_bf16(bf16_of_float(value)) : value;
}

// Milakov & Gimelshein, "Online normalizer calculation for softmax": the weights of a tile are taken against the greatest score
// so far, and what was summed before is scaled when a greater one comes.
static void attend_row(const dk_attention *a, size_t row, bool narrow) {
    const any_float *q = a->q + row * a->q_stride;
    any_float *out = a->out + row * a->out_stride;
    size_t visible = visible_keys(a, row);
    float greatest = -INFINITY, total = 0;
    for (size_t d = 0; d < a->head_dim; d++) out[d] = 0;
    for (size_t first = 0; first < visible; first += attention_tile) {
        size_t keys = visible - first < attention_tile ? visible - first : attention_tile;
        float weights[attention_tile], tile_greatest = greatest;
        for (size_t j = 0; j < keys; j++) {
            const any_float *k = key_row(a, first + j);
            float score = 0;
            for (size_t d = 0; d < a->head_dim; d++) score += rounded(q[d], narrow) * rounded(k[d], narrow);
            weights[j] = score * a->scale;
            if (weights[j] > tile_greatest) tile_greatest = weights[j];
        }
        float kept = expf(greatest - tile_greatest);
        total *= kept;
        for (size_t d = 0; d < a->head_dim; d++) out[d] *= kept;
        for (size_t j = 0; j < keys; j++) {
            const any_float *v = value_row(a, first + j);
            float weight = expf(weights[j] - tile_greatest);
            total += weight;
            for (size_t d = 0; d < a->head_dim; d++) out[d] += rounded(weight, narrow) * rounded(v[d], narrow);
        }
        greatest = tile_greatest;
    }
    if (visible == 0) return;
    for (size_t d = 0; d < a->head_dim; d++) out[d] /= total;
}

static void attend(const dk_attention *a, float *scratch) {
    (void)scratch;
    for (size_t row = 0; row < a->queries; row++) attend_row(a, row, false);
}

static void attend_bf16(const dk_attention *a, float *scratch) {
    (void)scratch;
    for (size_t row = 0; row < a->queries; row++) attend_row(a, row, true);
}

#define VERSION dk_portable
#define VERSION_NAME "portable"
#include "vector/version.h"
