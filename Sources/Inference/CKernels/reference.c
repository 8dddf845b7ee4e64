// The kernels in plain C: what every faster version is tested against, and what runs where none of them can.
//
// Long sums are kept in partial sums, as that is more exact than one running total and lets any compiler use its vectors.
#include <math.h>

#include "packed/portable.h"
#include "scalars.h"
#include "key_tiles.h"
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

static void put(void *numbers, dk_tiles format, size_t place, float value) {
    if (format == DK_TILES_F32) ((float *)numbers)[place] = value;
    else ((uint16_t *)numbers)[place] = bf16_of_float(value);
}

static float number_at(const void *numbers, dk_tiles format, size_t place) {
    return format == DK_TILES_F32 ? ((const float *)numbers)[place] : float_of_bf16(((const uint16_t *)numbers)[place]);
}

static void write_keys(void *tiles, dk_tiles format, size_t head_dim, size_t first, const float *x, size_t stride, size_t count) {
    for (size_t i = 0; i < count; i++) {
        size_t position = (first + i) % DK_TILE_KEYS;
        char *keys = (char *)tiles + (first + i) / DK_TILE_KEYS * dk_tile_bytes(format, head_dim);
        const any_float *from = x + i * stride;
        for (size_t d = 0; d < head_dim; d++) put(keys, format, key_place(format, position, d), from[d]);
        if (head_dim % 2 != 0 && format != DK_TILES_F32) put(keys, format, key_place(format, position, head_dim), 0);
    }
}

static void write_values(void *tiles, dk_tiles format, size_t head_dim, size_t first, const float *x, size_t stride, size_t count) {
    for (size_t i = 0; i < count; i++) {
        size_t position = (first + i) % DK_TILE_KEYS;
        char *tile = (char *)tiles + (first + i) / DK_TILE_KEYS * dk_tile_bytes(format, head_dim);
        char *values = tile + tile_key_bytes(format, head_dim);
        const any_float *from = x + i * stride;
        for (size_t d = 0; d < head_dim; d++) put(values, format, value_place(format, head_dim, position, d), from[d]);
    }
}

// Milakov & Gimelshein, "Online normalizer calculation for softmax": the weights of a tile are taken against the greatest score
// so far, and what was summed before is scaled when a greater one comes.
static void attend_row(const dk_attention *a, size_t row, size_t head) {
    const any_float *q = a->q + row * a->q_stride + head * a->head_dim;
    any_float *out = a->out + row * a->out_stride + head * a->head_dim;
    size_t visible = visible_keys(a, row);
    float greatest = -INFINITY, total = 0;
    for (size_t d = 0; d < a->head_dim; d++) out[d] = 0;
    for (size_t first = 0; first < visible; first += DK_TILE_KEYS) {
        const char *keys = tile_at(a, first), *values = keys + tile_key_bytes(a->format, a->head_dim);
        size_t count = visible - first < DK_TILE_KEYS ? visible - first : DK_TILE_KEYS;
        float weights[DK_TILE_KEYS], tile_greatest = greatest;
        for (size_t j = 0; j < count; j++) {
            float score = 0;
            for (size_t d = 0; d < a->head_dim; d++) score += q[d] * number_at(keys, a->format, key_place(a->format, j, d));
            weights[j] = score * a->scale;
            if (weights[j] > tile_greatest) tile_greatest = weights[j];
        }
        float kept = expf(greatest - tile_greatest);
        total *= kept;
        for (size_t d = 0; d < a->head_dim; d++) out[d] *= kept;
        for (size_t j = 0; j < count; j++) {
            float weight = expf(weights[j] - tile_greatest);
            total += weight;
            for (size_t d = 0; d < a->head_dim; d++) {
                out[d] += weight * number_at(values, a->format, value_place(a->format, a->head_dim, j, d));
            }
        }
        greatest = tile_greatest;
    }
    if (visible == 0) return;
    for (size_t d = 0; d < a->head_dim; d++) out[d] /= total;
}

static void attend(const dk_attention *a, float *scratch) {
    (void)scratch;
    for (size_t row = 0; row < a->rows; row++) {
        for (size_t head = 0; head < a->heads; head++) attend_row(a, row, head);
    }
}

#define VERSION dk_portable
#define VERSION_NAME "portable"
#include "vector/version.h"
