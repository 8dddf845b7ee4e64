// Grey TIFF pages of depths that libtiff's conversion refuses: 2…64 bits, whole or floating point.
#include "tiff_reader.h"

#include <math.h>

typedef struct Samples {
    int bits, per_pixel, format;
} Samples;

// The first sample of pixel `x`. libtiff has put words of 16, 32 and 64 bits into this machine's order.
static double sample(const Samples *samples, const uint8_t *row, size_t x) {
    size_t index = x * (size_t)samples->per_pixel;
    if (samples->format == SAMPLEFORMAT_IEEEFP) {
        if (samples->bits == 32) return ((const float *)(const void *)row)[index];
        return ((const double *)(const void *)row)[index];
    }
    uint64_t value = 0;
    switch (samples->bits) {
        case 8: value = row[index]; break;
        case 16: value = ((const uint16_t *)(const void *)row)[index]; break;
        case 32: value = ((const uint32_t *)(const void *)row)[index]; break;
        default:
            for (size_t bit = index * (size_t)samples->bits, i = 0; i < (size_t)samples->bits; i++, bit++)
                value = value << 1 | (row[bit / 8] >> (7 - bit % 8) & 1);
    }
    if (samples->format != SAMPLEFORMAT_INT) return (double)value;
    uint64_t sign = (uint64_t)1 << (samples->bits - 1);
    return value & sign ? (double)value - (double)sign * 2 : (double)value;
}

// Which values become black and white. A scanner uses the whole range of its numbers; a camera of 10 or
// 12 bits leaves 16 mostly empty, and nobody can know how floating point was meant.
static void set_range(const Samples *samples, double *low, double *high) {
    double most = pow(2, samples->bits) - 1;
    if (samples->format == SAMPLEFORMAT_UINT && (*high * 4 >= most || *high <= *low)) {
        *low = 0;
        *high = most;
    }
    if (samples->format == SAMPLEFORMAT_IEEEFP && *low >= 0 && *high <= 255) {
        *low = 0;
        *high = *high <= 1 ? 1 : 255;
    }
    if (!(*high > *low)) *high = *low + 1;
}

PIX *tiff_read_samples(TIFF *tiff, Source *source, uint32_t width, uint32_t height) {
    uint16_t bits = 1, per_pixel = 1, format = SAMPLEFORMAT_UINT, planar = 1, photometric = 0xffff;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &per_pixel);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
    TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric);
    int whole = (format == SAMPLEFORMAT_UINT || format == SAMPLEFORMAT_INT) && bits >= 2 && bits <= 32;
    int floating = format == SAMPLEFORMAT_IEEEFP && (bits == 32 || bits == 64);
    int grey = photometric == PHOTOMETRIC_MINISBLACK || photometric == PHOTOMETRIC_MINISWHITE;
    if (!(whole || floating) || !grey || per_pixel > 4 || TIFFIsTiled(tiff)) return NULL;
    Samples samples = {bits, planar == PLANARCONFIG_CONTIG ? per_pixel : 1, format};
    tmsize_t size = TIFFScanlineSize(tiff);
    if (size <= 0 || (uint64_t)size * 8 < (uint64_t)width * bits * (uint64_t)samples.per_pixel) return NULL;
    uint8_t *row = malloc((size_t)size);
    float *values = malloc(sizeof(float) * width * (size_t)height);
    uint8_t *out = malloc(width);
    PIX *pix = row && values && out ? create_pix(width, height, 8, source->report) : NULL;
    uint32_t rows = 0;
    double low = INFINITY, high = -INFINITY;
    for (; pix && rows < height && TIFFReadScanline(tiff, row, rows, 0) >= 0; rows++) {
        for (uint32_t x = 0; x < width; x++) {
            double value = sample(&samples, row, x);
            values[(size_t)rows * width + x] = (float)value;
            if (isfinite(value) && value < low) low = value;
            if (isfinite(value) && value > high) high = value;
        }
    }
    set_range(&samples, &low, &high);
    double scale = 255 / (high - low);
    for (uint32_t y = 0; pix && y < rows; y++) {
        for (uint32_t x = 0; x < width; x++) {
            double level = (values[(size_t)y * width + x] - low) * scale;
            out[x] = level >= 255 ? 255 : level > 0 ? (uint8_t)(level + 0.5) : 0;
            if (photometric == PHOTOMETRIC_MINISWHITE) out[x] = (uint8_t)(255 - out[x]);
        }
        put_grey_row(pix, y, out);
    }
    if (!row || !values || !out) fail(source->report, PICTURES_OUT_OF_MEMORY, "no memory for the picture");
    free(row);
    free(values);
    free(out);
    if (pix && rows == 0) {
        pixDestroy(&pix);
        fail(source->report, PICTURES_CORRUPT, "%s", source->errors ? source->error : "no row can be read");
    }
    if (pix && rows < height) cut_short(source->report, "the data ends early");
    return pix;
}
