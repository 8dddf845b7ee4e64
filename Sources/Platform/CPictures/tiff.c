// TIFF by libtiff: one-bit pages row by row as they are stored, deep grey by the plain reader in
// tiff_samples.c, all others through libtiff's RGBA conversion, what that refuses by the plain reader again.
#include "tiff_reader.h"

#include <stdio.h>

static tmsize_t read_bytes(thandle_t handle, void *out, tmsize_t count) {
    Source *source = handle;
    if (count <= 0 || source->position >= source->in->count) return 0;
    size_t left = source->in->count - (size_t)source->position;
    size_t size = (size_t)count < left ? (size_t)count : left;
    memcpy(out, source->in->bytes + source->position, size);
    source->position += size;
    return (tmsize_t)size;
}

static tmsize_t write_bytes(thandle_t handle, void *bytes, tmsize_t count) {
    (void)handle, (void)bytes, (void)count;
    return 0;
}

static toff_t seek(thandle_t handle, toff_t offset, int whence) {
    Source *source = handle;
    if (whence == SEEK_SET) source->position = offset;
    if (whence == SEEK_CUR) source->position += offset;
    if (whence == SEEK_END) source->position = source->in->count + offset;
    return source->position;
}

static int close_source(thandle_t handle) {
    (void)handle;
    return 0;
}

static toff_t size_of_source(thandle_t handle) { return ((Source *)handle)->in->count; }

static int on_error(TIFF *tiff, void *user, const char *module, const char *format, va_list list) {
    (void)tiff, (void)module;
    Source *source = user;
    if (source->errors++ == 0) vsnprintf(source->error, sizeof source->error, format, list);
    return 1;
}

static int on_warning(TIFF *tiff, void *user, const char *module, const char *format, va_list list) {
    (void)tiff, (void)module;
    vwarn(((Source *)user)->report, format, list);
    return 1;
}

TIFF *tiff_open(Source *source) {
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (options == NULL) return NULL;
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)(source->in->max_pixels * 4 + (64 << 20)));
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, source);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, source);
    TIFF *tiff = TIFFClientOpenExt(
        "picture", "rm", source, read_bytes, write_bytes, seek, close_source, size_of_source, NULL,
        NULL, options);
    TIFFOpenOptionsFree(options);
    if (tiff == NULL)
        fail(source->report, PICTURES_CORRUPT, "%s",
             source->errors ? source->error : "not a valid TIFF header");
    return tiff;
}

static void describe(TIFF *tiff, PicturesPage *page) {
    uint32_t width = 0, height = 0;
    uint16_t orientation = 1, unit = RESUNIT_INCH;
    float x = 0, y = 0;
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
    TIFFGetField(tiff, TIFFTAG_ORIENTATION, &orientation);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
    TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &x);
    TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &y);
    page->stored_width = width;
    page->stored_height = height;
    page->orientation = orientation;
    double scale = unit == RESUNIT_INCH ? 1 : unit == RESUNIT_CENTIMETER ? 2.54 : 0;
    page->x_dpi = x * scale;
    page->y_dpi = y * scale;
    page->offset = TIFFCurrentDirOffset(tiff);
}

int tiff_inspect(
    const Input *in, PicturesPage *pages, int capacity, int *page_count, PicturesReport *report) {
    Source source = {.in = in, .report = report};
    TIFF *tiff = tiff_open(&source);
    if (tiff == NULL) return report->outcome;
    int count = 0, reduced_first = 0, errors = source.errors;
    // More directories than this are no document, whatever they hold.
    int directories_left = capacity <= 100000 ? capacity * 8 + 8 : capacity;
    do {
        PicturesPage page = {.orientation = 1};
        describe(tiff, &page);
        int seen = 0;  // a chain that bites its own tail
        for (int i = 0; i < count && !seen; i++) seen = pages[i].offset == page.offset;
        if (seen) break;
        uint32_t kind = 0;
        TIFFGetField(tiff, TIFFTAG_SUBFILETYPE, &kind);
        int reduced = (kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) != 0;
        if (page.stored_width == 0 || page.stored_height == 0) continue;
        if (reduced && count > 0) continue;  // a thumbnail or a smaller copy is not a page
        if (!reduced && reduced_first) count = reduced_first = 0;
        if (count >= capacity) {
            fail(report, PICTURES_TOO_MANY_PAGES, "more than %d pages", capacity);
            break;
        }
        if (count == 0) reduced_first = reduced;
        pages[count++] = page;
    } while (--directories_left > 0 && TIFFReadDirectory(tiff));
    if (source.errors > errors && report->outcome == PICTURES_OK)
        cut_short(report, source.error);  // a page list that cannot be followed to its end
    TIFFClose(tiff);
    *page_count = count;
    if (count == 0 && report->outcome == PICTURES_OK)
        fail(report, PICTURES_CORRUPT, "%s", source.errors ? source.error : "no page in the file");
    return report->outcome;
}

// One bit a pixel in strips. A row that cannot be read ends its strip; the next may be sound.
static PIX *read_bits(TIFF *tiff, Source *source, uint32_t width, uint32_t height, int white_is_zero) {
    PIX *pix = create_pix(width, height, 1, source->report);
    tmsize_t size = TIFFScanlineSize(tiff);
    uint8_t *row = size > 0 ? malloc((size_t)size) : NULL;
    uint32_t rows_per_strip = height, good = 0;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows_per_strip);
    if (rows_per_strip == 0 || rows_per_strip > height) rows_per_strip = height;
    size_t bytes = ((size_t)width + 7) / 8;
    if (pix && row && (size_t)size >= bytes) {
        for (uint32_t y = 0; y < height; y++) {
            if (TIFFReadScanline(tiff, row, y, 0) < 0) {
                y = (y / rows_per_strip + 1) * rows_per_strip - 1;
                continue;
            }
            uint32_t *words = row_words(pix, y);
            uint8_t flip = white_is_zero ? 0 : 0xff;
            for (size_t i = 0; i < bytes; i++) SET_DATA_BYTE(words, i, row[i] ^ flip);
            good++;
        }
        pixSetPadBits(pix, 0);
    }
    free(row);
    if (pix && good == 0) {
        pixDestroy(&pix);
        fail(source->report, PICTURES_CORRUPT, "%s", source->errors ? source->error : "no row can be read");
    }
    if (pix && good < height) cut_short(source->report, source->errors ? source->error : "rows are missing");
    return pix;
}

// libtiff's words are 0xAABBGGRR with colours already multiplied by alpha; a word of 0 was never written.
static int64_t take_raster(PIX *pix, int has_alpha) {
    int width = pixGetWidth(pix), height = pixGetHeight(pix);
    int64_t rows = 0;
    int visible = !has_alpha;
    for (int y = 0; y < height; y++) {
        const uint32_t *words = row_words(pix, y);
        for (int x = 0; x < width; x++) {
            if (words[x] != 0) rows = y + 1;
            if (words[x] >> 24) visible = 1;
        }
    }
    for (int y = 0; y < height; y++) {
        uint32_t *words = row_words(pix, y);
        for (int x = 0; x < width; x++) {
            uint32_t word = words[x], gap = visible ? 255 - (word >> 24) : 0;
            uint32_t red = (word & 0xff) + gap, green = (word >> 8 & 0xff) + gap,
                     blue = (word >> 16 & 0xff) + gap;
            words[x] = rgb_word(
                red < 255 ? red : 255, green < 255 ? green : 255, blue < 255 ? blue : 255);
        }
    }
    return rows;
}

static PIX *read_raster(TIFF *tiff, Source *source, uint32_t width, uint32_t height) {
    TIFFRGBAImage image;
    char why[1024] = "";
    if (!TIFFRGBAImageOK(tiff, why) || !TIFFRGBAImageBegin(&image, tiff, 1, why)) {
        fail(source->report, PICTURES_UNSUPPORTED, "%s", why);
        return NULL;
    }
    image.req_orientation = image.orientation;  // as stored; turned with all other formats
    PIX *pix = create_pix(width, height, 32, source->report);
    if (pix == NULL) {
        TIFFRGBAImageEnd(&image);
        return NULL;
    }
    memset(pixGetData(pix), 0, (size_t)pixGetWpl(pix) * 4 * height);
    int complete = TIFFRGBAImageGet(&image, pixGetData(pix), width, height);
    int has_alpha = image.alpha != 0;
    TIFFRGBAImageEnd(&image);
    int64_t rows = take_raster(pix, has_alpha);
    if (complete) return grey_if_colourless(pix);
    if (rows == 0) {
        pixDestroy(&pix);
        fail(source->report, PICTURES_CORRUPT, "%s", source->errors ? source->error : "cannot be decoded");
        return NULL;
    }
    cut_short(source->report, source->errors ? source->error : "the data ends early");
    whiten_rows(pix, rows);
    return grey_if_colourless(pix);
}

PIX *tiff_decode(const Input *in, const PicturesPage *page, PicturesReport *report) {
    Source source = {.in = in, .report = report};
    TIFF *tiff = tiff_open(&source);
    if (tiff == NULL) return NULL;
    uint32_t width = 0, height = 0;
    uint16_t bits = 1, samples = 1, photometric = 0xffff;
    PIX *pix = NULL;
    if ((TIFFCurrentDirOffset(tiff) == page->offset || TIFFSetSubDirectory(tiff, page->offset))
        && TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width)
        && TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height)
        && width == page->stored_width && height == page->stored_height) {
        TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
        TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
        TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric);
        int white_is_zero = photometric == PHOTOMETRIC_MINISWHITE;
        int bilevel = bits == 1 && samples == 1 && !TIFFIsTiled(tiff)
                      && (white_is_zero || photometric == PHOTOMETRIC_MINISBLACK);
        if (bilevel) pix = read_bits(tiff, &source, width, height, white_is_zero);
        else if (bits == 16 && samples == 1) pix = tiff_read_samples(tiff, &source, width, height);
        if (pix == NULL && !bilevel) pix = read_raster(tiff, &source, width, height);
        if (pix == NULL && report->outcome == PICTURES_UNSUPPORTED)
            pix = tiff_read_samples(tiff, &source, width, height);
    } else {
        fail(report, PICTURES_CORRUPT, "%s", source.errors ? source.error : "the page cannot be found");
    }
    TIFFClose(tiff);
    return pix;
}
