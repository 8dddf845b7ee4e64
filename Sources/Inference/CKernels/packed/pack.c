// Floats to packed weights: which scales lose least.
//
// A group is turned so that the 32 outputs of its panel stand beside one another: each has its own search, and all are searched at once,
// one in each lane of whatever vectors the compiler has. No sum crosses lanes and nothing is fused, so every processor finds the same.
#include <math.h>

#include "layout.h"

#pragma clang fp contract(off)

typedef float lanes[DK_PANEL];

#define EACH_COLUMN for (size_t c = 0; c < DK_PANEL; c++)

// The least bfloat16 that is not below a number that is at least 0; a NaN stays one.
static inline uint16_t bf16_not_below(float value) {
    uint32_t bits = bits_of_float(value);
    if (bits > 0x7f800000) return 0x7fc0;
    return (uint16_t)((bits + 0xffff) >> 16);
}

static inline float nearest(float value) {
    const float shift = 12582912.0f;  // adding 1.5·2²³ rounds to nearest, ties to even
    return (value + shift) - shift;
}

static inline float limited(float value, float low, float high) {
    value = value < low ? low : value;
    return value > high ? high : value;
}

// A group of some outputs, rotated, with the rotation's factor.
static void turn_group(lanes *t, const float *w, size_t w_stride, size_t outputs, size_t inputs) {
    memset(t, 0, DK_GROUP * sizeof *t);
    for (size_t c = 0; c < outputs; c++) {
        for (size_t k = 0; k < inputs; k++) t[k][c] = ((const any_float *)w)[c * w_stride + k] * rotation_sign(k);
    }
    for (size_t h = 1; h < DK_GROUP; h *= 2) {
        for (size_t k = 0; k < DK_GROUP; k++) {
            if (k & h) continue;
            EACH_COLUMN {
                float a = t[k][c], b = t[k + h][c];
                t[k][c] = a + b;
                t[k + h][c] = a - b;
            }
        }
    }
    for (size_t k = 0; k < DK_GROUP; k++) EACH_COLUMN t[k][c] *= 1.0f / DK_GROUP;
}

// The greatest of the absolute values of some inputs; NaN where one is infinite or no number.
static void greatest_of(lanes greatest, const lanes *t, size_t inputs) {
    uint32_t bits[DK_PANEL] = {0};
    for (size_t k = 0; k < inputs; k++) {
        EACH_COLUMN {
            uint32_t b = bits_of_float(t[k][c]) & 0x7fffffff;
            bits[c] = b > bits[c] ? b : bits[c];
        }
    }
    EACH_COLUMN greatest[c] = bits[c] < 0x7f800000 ? float_of_bits(bits[c]) : NAN;
}

static void pack_int8(uint8_t *block, const lanes *t) {
    lanes greatest, inverse;
    greatest_of(greatest, t, DK_GROUP);
    EACH_COLUMN {
        uint16_t scale = bf16_not_below(greatest[c] / 127);
        ((any_u16 *)block)[c] = scale;
        inverse[c] = greatest[c] > 0 ? 1 : 0;
        greatest[c] = greatest[c] > 0 ? float_of_bf16(scale) : 1;
    }
    for (size_t k = 0; k < DK_GROUP; k++) {
        uint8_t *quad = block + scale_bytes + k / quad_inputs * quad_bytes + k % quad_inputs;
        EACH_COLUMN {
            float q = inverse[c] > 0 ? nearest(limited(t[k][c] / greatest[c], -127, 127)) : 0;
            quad[c * quad_inputs] = (uint8_t)((int)q + 128);
        }
    }
}

// What a sub-block loses at a step: the sum of squares.
static void loss_of(lanes loss, const lanes *t, const lanes step) {
    lanes inverse;
    EACH_COLUMN inverse[c] = step[c] != 0 ? 1 / step[c] : 0;
    EACH_COLUMN loss[c] = 0;
    for (size_t k = 0; k < sub_block; k++) {
        EACH_COLUMN {
            float error = t[k][c] - step[c] * nearest(limited(t[k][c] * inverse[c], -8, 7));
            loss[c] += error * error;
        }
    }
}

// Scales that are tried: the greatest sub-block's range over 7...8.5 levels and 8...15 steps, with either sign.
static void pack_int4(uint8_t *block, const lanes *t) {
    lanes greatest, whole, ideal[sub_blocks], best_loss, best_scale;
    uint8_t best_step[sub_blocks][DK_PANEL];
    greatest_of(whole, t, DK_GROUP);
    for (size_t j = 0; j < sub_blocks; j++) {
        greatest_of(greatest, t + j * sub_block, sub_block);
        EACH_COLUMN ideal[j][c] = greatest[c] / 7.5f;
    }
    EACH_COLUMN best_loss[c] = INFINITY;
    EACH_COLUMN best_scale[c] = 0;
    memset(best_step, 1, sizeof best_step);
    for (int sign = -1; sign <= 1; sign += 2) {
        for (int top = 10; top <= 15; top++) {
            lanes scale, total;
            uint8_t steps[sub_blocks][DK_PANEL];
            EACH_COLUMN {
                scale[c] = float_of_bf16(bf16_of_float((float)sign * whole[c] / 7.5f / (float)top));
                total[c] = 0;
            }
            for (size_t j = 0; j < sub_blocks; j++) {
                lanes least;
                EACH_COLUMN least[c] = INFINITY;
                for (int near = -2; near <= 1; near++) {
                    lanes s, step, loss;
                    EACH_COLUMN {
                        float size = fabsf(scale[c]);
                        s[c] = limited(nearest(size > 0 ? ideal[j][c] / size : 1) + (float)near, 1, 15);
                        step[c] = s[c] * scale[c];
                    }
                    loss_of(loss, t + j * sub_block, step);
                    EACH_COLUMN {
                        if (loss[c] < least[c]) {
                            least[c] = loss[c];
                            steps[j][c] = (uint8_t)s[c];
                        }
                    }
                }
                EACH_COLUMN total[c] += least[c];
            }
            EACH_COLUMN {
                if (total[c] < best_loss[c]) {
                    best_loss[c] = total[c];
                    best_scale[c] = scale[c];
                    for (size_t j = 0; j < sub_blocks; j++) best_step[j][c] = steps[j][c];
                }
            }
        }
    }
    memset(block, 0, int4_block_bytes);
    EACH_COLUMN {
        bool number = whole[c] == whole[c];
        ((any_u16 *)block)[c] = number ? bf16_of_float(best_scale[c]) : 0x7fc0;
        for (size_t j = 0; j < sub_blocks; j++) {
            block[scale_bytes + j / 2 * DK_PANEL + c] |= (uint8_t)(best_step[j][c] << j % 2 * 4);
            float step = best_scale[c] * (float)best_step[j][c], inverse = step != 0 ? 1 / step : 0;
            for (size_t k = 0; k < sub_block; k++) {
                uint8_t *quads = block + scale_bytes + step_bytes + (j / 2 * pair_quads + k / quad_inputs) * quad_bytes;
                float q = number ? nearest(limited(t[j * sub_block + k][c] * inverse, -8, 7)) : 0;
                quads[c * quad_inputs + k % quad_inputs] |= (uint8_t)((int)q + 8) << j % 2 * 4;
            }
        }
    }
}

void dk_pack(void *panels, dk_packing packing, const float *w, size_t w_stride, size_t outputs, size_t depth) {
    size_t size = dk_packed_block_bytes(packing), groups = groups_of(depth);
    uint8_t *block = panels;
    for (size_t first = 0; first < outputs; first += DK_PANEL) {
        size_t there = outputs - first < DK_PANEL ? outputs - first : DK_PANEL;
        for (size_t g = 0; g < groups; g++, block += size) {
            lanes t[DK_GROUP];
            turn_group(t, w + first * w_stride + g * DK_GROUP, w_stride, there, inputs_of(depth, g));
            if (packing == DK_INT4) pack_int4(block, t);
            else pack_int8(block, t);
        }
    }
}
