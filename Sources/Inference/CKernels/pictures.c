// Resampling in whole numbers and the layout of patches.
#include "PictureKernels.h"

// The loops are plain; the compiler makes a second version of them for wider registers.
#if defined(__x86_64__) && defined(__linux__)
#define WIDER __attribute__((target_clones("avx2", "default")))
#else
#define WIDER
#endif

static inline uint8_t rounded(int32_t sum, unsigned precision) {
    int32_t value = sum >> precision;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

WIDER void dk_resample_width(uint8_t *restrict out, size_t out_width, const uint8_t *restrict in,
                             size_t in_width, size_t rows, const dk_resampling *r) {
    const int32_t half = 1 << (r->precision - 1);
    for (size_t row = 0; row < rows; row++) {
        const uint8_t *line = in + row * in_width * 3;
        uint8_t *target = out + row * out_width * 3;
        for (size_t i = 0; i < out_width; i++) {
            const uint8_t *pixel = line + (size_t)r->first[i] * 3;
            const int16_t *weight = r->weights + i * r->stride;
            int32_t red = half, green = half, blue = half;
            for (uint32_t j = 0; j < r->count[i]; j++, pixel += 3) {
                red += weight[j] * pixel[0];
                green += weight[j] * pixel[1];
                blue += weight[j] * pixel[2];
            }
            target[3 * i] = rounded(red, r->precision);
            target[3 * i + 1] = rounded(green, r->precision);
            target[3 * i + 2] = rounded(blue, r->precision);
        }
    }
}

enum { BLOCK = 64 };

WIDER void dk_resample_height(uint8_t *restrict out, size_t out_height, const uint8_t *restrict in,
                              size_t row_bytes, const dk_resampling *r) {
    const int32_t half = 1 << (r->precision - 1);
    for (size_t i = 0; i < out_height; i++) {
        const uint8_t *top = in + (size_t)r->first[i] * row_bytes;
        const int16_t *weight = r->weights + i * r->stride;
        uint8_t *target = out + i * row_bytes;
        size_t k = 0;
        for (; k + BLOCK <= row_bytes; k += BLOCK) {
            int32_t sums[BLOCK];
            for (int b = 0; b < BLOCK; b++) sums[b] = half;
            for (uint32_t j = 0; j < r->count[i]; j++) {
                const uint8_t *row = top + j * row_bytes + k;
                for (int b = 0; b < BLOCK; b++) sums[b] += weight[j] * row[b];
            }
            for (int b = 0; b < BLOCK; b++) target[k + b] = rounded(sums[b], r->precision);
        }
        for (; k < row_bytes; k++) {
            int32_t sum = half;
            for (uint32_t j = 0; j < r->count[i]; j++) sum += weight[j] * top[j * row_bytes + k];
            target[k] = rounded(sum, r->precision);
        }
    }
}

void dk_lay_patches(float *out, const uint8_t *strip, size_t width, size_t side, size_t merge,
                    size_t times, size_t time, const float *levels) {
    const size_t area = side * side, floats = 3 * times * area;
    for (size_t square = 0; square < width / (side * merge); square++)
        for (size_t down = 0; down < merge; down++)
            for (size_t across = 0; across < merge; across++, out += floats)
                for (size_t y = 0; y < side; y++) {
                    const uint8_t *pixel =
                        strip + ((down * side + y) * width + (square * merge + across) * side) * 3;
                    for (size_t channel = 0; channel < 3; channel++) {
                        float *target = out + (channel * times + time) * area + y * side;
                        const float *level = levels + 256 * channel;
                        for (size_t x = 0; x < side; x++) target[x] = level[pixel[3 * x + channel]];
                    }
                }
}
