// Making, reading and preparing pictures. A `const` picture is Leptonica's by another name: none of its
// functions used here changes its source, though they do not say so.
#include "decoders.h"

#include <math.h>

#define PIX_OF(pix) ((PIX *)(uintptr_t)(pix))

void pictures_destroy(struct Pix *pix) { pixDestroy(&pix); }
void pictures_free(void *bytes) { free(bytes); }
int pictures_width(const struct Pix *pix) { return pixGetWidth(pix); }
int pictures_height(const struct Pix *pix) { return pixGetHeight(pix); }
int pictures_depth(const struct Pix *pix) { return pixGetDepth(pix); }
int pictures_dpi(const struct Pix *pix) { return pixGetXRes(pix); }
void pictures_set_dpi(struct Pix *pix, int dpi) { pixSetResolution(pix, dpi, dpi); }
struct Pix *pictures_clone(const struct Pix *pix) { return pixClone(PIX_OF(pix)); }

struct Pix *pictures_create_grey(int width, int height, int grey) {
    PIX *pix = pixCreate(width, height, 8);
    if (pix) pixSetAllArbitrary(pix, (uint32_t)grey);
    return pix;
}

uint32_t pictures_pixel(const struct Pix *pix, int x, int y) {
    uint32_t value = 0;
    if (pixGetPixel(PIX_OF(pix), x, y, &value) != 0 || x < 0 || y < 0
        || x >= pixGetWidth(pix) || y >= pixGetHeight(pix))
        return 0xffffff;
    switch (pixGetDepth(pix)) {
        case 1: return value ? 0 : 0xffffff;
        case 8: return value * 0x010101;
        default: return value >> 8;
    }
}

int pictures_copy_grey(const struct Pix *pix, uint8_t *out) {
    PIX *grey = pictures_grey(pix);
    if (grey == NULL) return 1;
    int width = pixGetWidth(grey), height = pixGetHeight(grey);
    for (int y = 0; y < height; y++) {
        uint32_t *words = row_words(grey, y);
        for (int x = 0; x < width; x++) *out++ = (uint8_t)GET_DATA_BYTE(words, x);
    }
    pixDestroy(&grey);
    return 0;
}

void pictures_copy_rgb(const struct Pix *pix, int first, int rows, uint8_t *out) {
    int width = pixGetWidth(pix), depth = pixGetDepth(pix);
    for (int y = first; y < first + rows; y++) {
        const uint32_t *words = row_words(PIX_OF(pix), y);
        for (int x = 0; x < width; x++, out += 3) {
            if (depth == 32) {
                out[0] = (uint8_t)(words[x] >> 24);
                out[1] = (uint8_t)(words[x] >> 16);
                out[2] = (uint8_t)(words[x] >> 8);
            } else {
                int level = depth == 1 ? (GET_DATA_BIT(words, x) ? 0 : 255) : GET_DATA_BYTE(words, x);
                out[0] = out[1] = out[2] = (uint8_t)level;
            }
        }
    }
}

struct Pix *pictures_from_grey(const uint8_t *bytes, int width, int height) {
    PIX *pix = pixCreate(width, height, 8);
    for (int y = 0; pix && y < height; y++) put_grey_row(pix, y, bytes + (size_t)y * (size_t)width);
    return pix;
}

struct Pix *pictures_from_rgb(const uint8_t *bytes, int width, int height) {
    PIX *pix = pixCreateNoInit(width, height, 32);
    if (pix == NULL) return NULL;
    pixSetSpp(pix, 3);
    for (int y = 0; y < height; y++) {
        uint32_t *words = row_words(pix, y);
        for (int x = 0; x < width; x++, bytes += 3) words[x] = rgb_word(bytes[0], bytes[1], bytes[2]);
    }
    return grey_if_colourless(pix);
}

int pictures_same(const struct Pix *a, const struct Pix *b) {
    int same = 0;
    return pixEqual(PIX_OF(a), PIX_OF(b), &same) == 0 && same;
}

struct Pix *pictures_grey(const struct Pix *pix) {
    if (pixGetDepth(pix) == 8) return pixClone(PIX_OF(pix));
    return pixConvertTo8(PIX_OF(pix), 0);
}

struct Pix *pictures_inverted(const struct Pix *pix) { return pixInvert(NULL, PIX_OF(pix)); }

struct Pix *pictures_scaled(const struct Pix *pix, double x_factor, double y_factor) {
    PIX *source = pixGetDepth(pix) == 1 ? pictures_grey(pix) : pixClone(PIX_OF(pix));
    if (source == NULL) return NULL;
    int width = (int)lround(pixGetWidth(source) * x_factor);
    int height = (int)lround(pixGetHeight(source) * y_factor);
    PIX *scaled = pixScaleToSize(source, width > 0 ? width : 1, height > 0 ? height : 1);
    pixDestroy(&source);
    return scaled;
}

struct Pix *pictures_quarter_turned(const struct Pix *pix, int turns) {
    return pixRotateOrth(PIX_OF(pix), ((turns % 4) + 4) % 4);
}

struct Pix *pictures_rotated(const struct Pix *pix, double radians) {
    PIX *source = pixGetDepth(pix) == 1 ? pictures_grey(pix) : pixClone(PIX_OF(pix));
    if (source == NULL) return NULL;
    PIX *rotated = pixRotate(
        source, (float)radians, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, pixGetWidth(source),
        pixGetHeight(source));
    pixDestroy(&source);
    return rotated;
}

struct Pix *pictures_cropped(const struct Pix *pix, int x, int y, int width, int height) {
    BOX *box = boxCreate(x, y, width, height);
    PIX *cropped = box ? pixClipRectangle(PIX_OF(pix), box, NULL) : NULL;
    boxDestroy(&box);
    return cropped;
}

struct Pix *pictures_stretched(const struct Pix *pix, double low_rank, double high_rank) {
    PIX *grey = pictures_grey(pix);
    if (grey == NULL) return NULL;
    uint32_t low = 0, high = 255;
    if (pixGetRankValue(grey, 2, (float)low_rank, &low) != 0
        || pixGetRankValue(grey, 2, (float)high_rank, &high) != 0
        || (int)high - (int)low <= 15)
        return grey;
    PIX *stretched = pixGammaTRC(NULL, grey, 1.0f, (int)low, (int)high);
    pixDestroy(&grey);
    return stretched;
}

struct Pix *pictures_with_gamma(const struct Pix *pix, double gamma) {
    PIX *grey = pictures_grey(pix);
    if (grey == NULL) return NULL;
    PIX *changed = pixGammaTRC(NULL, grey, (float)gamma, 0, 255);
    pixDestroy(&grey);
    return changed;
}

int pictures_png(const struct Pix *pix, int level, uint8_t **out, size_t *count) {
    PIX *source = PIX_OF(pix);
    *out = NULL;
    *count = 0;
    pixSetSpecial(source, 10 + level);  // how Leptonica is told the level
    int failed = pixWriteMemPng(out, count, source, 0);
    pixSetSpecial(source, 0);
    return failed || *out == NULL;
}

int pictures_grey_at_rank(const struct Pix *pix, double rank) {
    PIX *grey = pictures_grey(pix);
    uint32_t value = 255;
    if (grey) pixGetRankValue(grey, 2, (float)rank, &value);
    pixDestroy(&grey);
    return (int)value;
}
