// The two entrances: which decoder, then what all formats share (turning, square pixels, resolution).
#include "decoders.h"

#include <math.h>
#include <pthread.h>
#include <tiffio.h>

static void silence(const char *text) { (void)text; }
static void prepare(void) {
    setMsgSeverity(L_SEVERITY_NONE);
    leptSetStderrHandler(silence);
    TIFFSetErrorHandler(NULL);
    TIFFSetWarningHandler(NULL);
}
static pthread_once_t once = PTHREAD_ONCE_INIT;

typedef int (*Inspect)(const Input *, PicturesPage *, PicturesReport *);
typedef PIX *(*Decode)(const Input *, const PicturesPage *, PicturesReport *);
static const struct {
    Inspect inspect;
    Decode decode;
} decoders[] = {
    [PICTURES_JPEG] = {jpeg_inspect, jpeg_decode}, [PICTURES_PNG] = {png_inspect, png_decode},
    [PICTURES_WEBP] = {webp_inspect, webp_decode}, [PICTURES_TIFF] = {NULL, tiff_decode},
    [PICTURES_GIF] = {gif_inspect, gif_decode},    [PICTURES_BMP] = {bmp_inspect, bmp_decode},
    [PICTURES_PNM] = {pnm_inspect, pnm_decode},    [PICTURES_HEIC] = {heic_inspect, heic_decode},
    [PICTURES_JPEG2000] = {jp2_inspect, jp2_decode},
};
enum { decoder_count = sizeof decoders / sizeof decoders[0] };

// A fax of 204 x 98 dots an inch has pixels twice as high as wide. The coarser axis is enlarged to the
// finer. Ratios that no scanner makes are taken for nonsense in the header.
static void square_size(const PicturesPage *page, int64_t *width, int64_t *height) {
    *width = page->stored_width;
    *height = page->stored_height;
    double x = page->x_dpi, y = page->y_dpi;
    if (!(x >= 20 && y >= 20 && x <= 10000 && y <= 10000)) return;
    double ratio = x / y;
    if (ratio > 1.1 && ratio < 4.5) *height = llround((double)*height * ratio);
    if (ratio < 1 / 1.1 && ratio > 1 / 4.5) *width = llround((double)*width / ratio);
}

static int finish_page(const Input *in, PicturesPage *page, PicturesReport *report) {
    int outcome = check_size(in, page->stored_width, page->stored_height, report);
    if (outcome != PICTURES_OK) return outcome;
    if (page->orientation < 1 || page->orientation > 8) page->orientation = 1;
    square_size(page, &page->width, &page->height);
    outcome = check_size(in, page->width, page->height, report);
    if (page->orientation >= 5) {
        int64_t width = page->width;
        page->width = page->height;
        page->height = width;
    }
    return outcome;
}

int pictures_inspect(
    int format, const uint8_t *bytes, size_t count, int64_t max_pixels, PicturesPage *pages,
    int capacity, int *page_count, PicturesReport *report) {
    pthread_once(&once, prepare);
    memset(report, 0, sizeof *report);
    memset(pages, 0, sizeof *pages * (size_t)capacity);
    *page_count = 0;
    if (format < 0 || format >= decoder_count || capacity < 1)
        return fail(report, PICTURES_UNSUPPORTED, "unknown format");
    Input in = {bytes, count, max_pixels, PICTURES_NEAREST};
    int outcome;
    if (format == PICTURES_TIFF) {
        outcome = tiff_inspect(&in, pages, capacity, page_count, report);
    } else {
        pages[0].orientation = 1;
        outcome = decoders[format].inspect(&in, &pages[0], report);
        *page_count = 1;
    }
    for (int i = 0; outcome == PICTURES_OK && i < *page_count; i++)
        finish_page(&in, &pages[i], report);
    // One page that is too large fails when it is decoded; the others are none the worse for it.
    if (*page_count > 1) report->outcome = outcome;
    return report->outcome;
}

// Takes `pix` and gives back another, or NULL.
static PIX *replace(PIX *pix, PIX *other) {
    pixDestroy(&pix);
    return other;
}

static PIX *turned(PIX *pix, int orientation) {
    switch (orientation) {
        case 3: pix = replace(pix, pixRotateOrth(pix, 2)); break;
        case 5:
        case 6:
        case 7: pix = replace(pix, pixRotateOrth(pix, 1)); break;
        case 8: pix = replace(pix, pixRotateOrth(pix, 3)); break;
        default: break;
    }
    if (pix == NULL) return NULL;
    if (orientation == 2 || orientation == 5) pixFlipLR(pix, pix);
    if (orientation == 4 || orientation == 7) pixFlipTB(pix, pix);
    return pix;
}

struct Pix *pictures_decode(
    int format, const uint8_t *bytes, size_t count, const PicturesPage *page, int64_t max_pixels,
    int wide_samples, PicturesReport *report) {
    pthread_once(&once, prepare);
    memset(report, 0, sizeof *report);
    if (format < 0 || format >= decoder_count) {
        fail(report, PICTURES_UNSUPPORTED, "unknown format");
        return NULL;
    }
    Input in = {bytes, count, max_pixels, wide_samples};
    if (check_size(&in, page->stored_width, page->stored_height, report) != PICTURES_OK
        || check_size(&in, page->width, page->height, report) != PICTURES_OK)
        return NULL;
    PIX *pix = decoders[format].decode(&in, page, report);
    if (pix == NULL) {
        if (report->outcome == PICTURES_OK) fail(report, PICTURES_CORRUPT, "cannot be decoded");
        return NULL;
    }
    report->outcome = PICTURES_OK;

    int64_t width, height;
    square_size(page, &width, &height);
    double dpi = page->x_dpi > page->y_dpi ? page->x_dpi : page->y_dpi;
    if (width != pixGetWidth(pix) || height != pixGetHeight(pix)) {
        if (pixGetDepth(pix) == 1) pix = replace(pix, pixConvertTo8(pix, 0));
        if (pix) pix = replace(pix, pixScaleToSize(pix, (int)width, (int)height));
    }
    if (pix) pix = turned(pix, page->orientation);
    if (pix == NULL) {
        fail(report, PICTURES_OUT_OF_MEMORY, "no memory to turn the picture");
        return NULL;
    }
    int rounded = dpi >= 20 && dpi <= 10000 ? (int)lround(dpi) : 0;
    pixSetResolution(pix, rounded, rounded);
    return pix;
}
