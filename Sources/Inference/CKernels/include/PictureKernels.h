// Pictures of 8-bit red, green and blue, made smaller or larger and laid out for the vision tower.
#ifndef PICTURE_KERNELS_H
#define PICTURE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// How one axis of a picture becomes another length: output i is
//   clamp((sum over j < count[i] of weights[i·stride + j]·input[first[i] + j] + 2^(precision-1)) >> precision).
typedef struct dk_resampling {
    const uint32_t *first;   // [outputs]
    const uint32_t *count;   // [outputs], at most `stride`; first + count lies within the input
    const int16_t *weights;  // [outputs, stride]
    size_t stride;
    unsigned precision;      // 1...22
} dk_resampling;

// out[row, i, channel] from in[row, 0..<in_width, channel], 3 channels.
void dk_resample_width(uint8_t *out, size_t out_width, const uint8_t *in, size_t in_width, size_t rows,
                       const dk_resampling *r);
// out[i, k] from in[0..<in_height, k]; a row has `row_bytes` bytes.
void dk_resample_height(uint8_t *out, size_t out_height, const uint8_t *in, size_t row_bytes,
                        const dk_resampling *r);

// One strip of patches, `merge` patch rows high, of one frame, in the order of the vision tower:
// squares of merge × merge patches from left to right, each row by row. Of each patch the slices
// [channel, time, row, column] of frame number `time` are written; a patch has 3·times·side·side floats.
// `levels`: [3, 256], what each byte becomes.
void dk_lay_patches(float *out, const uint8_t *strip, size_t width, size_t side, size_t merge,
                    size_t times, size_t time, const float *levels);

#endif
