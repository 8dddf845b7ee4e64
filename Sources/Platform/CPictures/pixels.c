#include "decoders.h"

PIX *create_pix(int64_t width, int64_t height, int depth, PicturesReport *report) {
    PIX *pix = pixCreateNoInit((int)width, (int)height, depth);
    if (pix == NULL) {
        fail(report, PICTURES_OUT_OF_MEMORY, "no memory for %lld x %lld pixels",
             (long long)width, (long long)height);
        return NULL;
    }
    if (depth == 32) pixSetSpp(pix, 3);
    whiten_rows(pix, 0);
    return pix;
}

void whiten_rows(PIX *pix, int64_t first) {
    int64_t height = pixGetHeight(pix);
    if (first < 0) first = 0;
    if (first >= height) return;
    size_t row = (size_t)pixGetWpl(pix) * 4;
    int white = pixGetDepth(pix) == 1 ? 0 : 0xff;
    memset(row_words(pix, first), white, row * (size_t)(height - first));
}

void put_grey_row(PIX *pix, int64_t y, const uint8_t *row) {
    uint32_t *words = row_words(pix, y);
    size_t width = (size_t)pixGetWidth(pix), whole = width / 4;
    for (size_t i = 0; i < whole; i++, row += 4)
        words[i] = (uint32_t)row[0] << 24 | (uint32_t)row[1] << 16 | (uint32_t)row[2] << 8 | row[3];
    for (size_t x = whole * 4; x < width; x++) SET_DATA_BYTE(words, x, *row++);
}

void compose_on_white(PIX *pix) {
    int width = pixGetWidth(pix), height = pixGetHeight(pix);
    for (int y = 0; y < height; y++) {
        uint32_t *words = row_words(pix, y);
        for (int x = 0; x < width; x++) {
            uint32_t word = words[x], alpha = word & 0xff;
            if (alpha == 0xff) continue;
            words[x] = rgb_word(
                on_white(word >> 24, alpha), on_white(word >> 16 & 0xff, alpha),
                on_white(word >> 8 & 0xff, alpha));
        }
    }
}

PIX *grey_if_colourless(PIX *pix) {
    if (pix == NULL || pixGetDepth(pix) != 32) return pix;
    int width = pixGetWidth(pix), height = pixGetHeight(pix);
    for (int y = 0; y < height; y++) {
        const uint32_t *words = row_words(pix, y);
        for (int x = 0; x < width; x++) {
            uint32_t red = words[x] >> 24;
            if ((words[x] >> 16 & 0xff) != red || (words[x] >> 8 & 0xff) != red) return pix;
        }
    }
    PIX *grey = pixCreateNoInit(width, height, 8);
    if (grey == NULL) return pix;
    for (int y = 0; y < height; y++) {
        const uint32_t *words = row_words(pix, y);
        uint32_t *out = row_words(grey, y);
        out[pixGetWpl(grey) - 1] = 0xffffffff;
        for (int x = 0; x < width; x++) SET_DATA_BYTE(out, x, words[x] >> 24);
    }
    pixDestroy(&pix);
    return grey;
}
