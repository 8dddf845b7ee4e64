// What the decoders share: their input, how they report, rows into Leptonica's pictures.
#ifndef DECODERS_H
#define DECODERS_H

#include <leptonica/allheaders.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "CPictures.h"

typedef struct Input {
    const uint8_t *bytes;
    size_t count;
    int64_t max_pixels;
    int wide_samples;
} Input;

// A decoder reads the header (`inspect`) and one page (`decode`, as stored: not yet turned).
int jpeg_inspect(const Input *in, PicturesPage *page, PicturesReport *report);
PIX *jpeg_decode(const Input *in, const PicturesPage *page, PicturesReport *report);
int png_inspect(const Input *in, PicturesPage *page, PicturesReport *report);
PIX *png_decode(const Input *in, const PicturesPage *page, PicturesReport *report);
int webp_inspect(const Input *in, PicturesPage *page, PicturesReport *report);
PIX *webp_decode(const Input *in, const PicturesPage *page, PicturesReport *report);
int tiff_inspect(
    const Input *in, PicturesPage *pages, int capacity, int *page_count, PicturesReport *report);
PIX *tiff_decode(const Input *in, const PicturesPage *page, PicturesReport *report);
int gif_inspect(const Input *in, PicturesPage *page, PicturesReport *report);
PIX *gif_decode(const Input *in, const PicturesPage *page, PicturesReport *report);
int bmp_inspect(const Input *in, PicturesPage *page, PicturesReport *report);
PIX *bmp_decode(const Input *in, const PicturesPage *page, PicturesReport *report);
int pnm_inspect(const Input *in, PicturesPage *page, PicturesReport *report);
PIX *pnm_decode(const Input *in, const PicturesPage *page, PicturesReport *report);
int heic_inspect(const Input *in, PicturesPage *page, PicturesReport *report);
PIX *heic_decode(const Input *in, const PicturesPage *page, PicturesReport *report);
int jp2_inspect(const Input *in, PicturesPage *page, PicturesReport *report);
PIX *jp2_decode(const Input *in, const PicturesPage *page, PicturesReport *report);

// MARK: reporting; each returns its outcome, so that `return fail(…)` reads well

int fail(PicturesReport *report, int outcome, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void warn(PicturesReport *report, const char *format, ...) __attribute__((format(printf, 2, 3)));
void vwarn(PicturesReport *report, const char *format, va_list arguments);
void cut_short(PicturesReport *report, const char *why);
// Checks a size from a header before memory is taken for it.
int check_size(const Input *in, int64_t width, int64_t height, PicturesReport *report);

// MARK: EXIF

typedef struct Exif {
    int orientation;       // 1…8
    double x_dpi, y_dpi;  // 0 when not said
} Exif;
// `bytes` begins with a TIFF header, or with "Exif\0\0" and one. What is invalid is ignored.
Exif exif_read(const uint8_t *bytes, size_t count);

// MARK: pixels

PIX *create_pix(int64_t width, int64_t height, int depth, PicturesReport *report);  // white
// A row of bytes, 0 black, into an 8-bit picture.
void put_grey_row(PIX *pix, int64_t y, const uint8_t *row);
static inline uint32_t *row_words(PIX *pix, int64_t y) {
    return pixGetData(pix) + (size_t)y * (size_t)pixGetWpl(pix);
}
static inline uint32_t rgb_word(uint32_t red, uint32_t green, uint32_t blue) {
    return red << 24 | green << 16 | blue << 8;
}
// One channel over white.
static inline uint32_t on_white(uint32_t value, uint32_t alpha) {
    return (value * alpha + 255 * (255 - alpha) + 127) / 255;
}
// Words 0xRRGGBBAA over white, in place.
void compose_on_white(PIX *pix);
// Rows from `first` to the end become white.
void whiten_rows(PIX *pix, int64_t first);
// 32 bit to 8 bit where every pixel is grey already; otherwise the same picture.
PIX *grey_if_colourless(PIX *pix);

#endif
