// Shared by the two ways to read a TIFF page.
#ifndef TIFF_READER_H
#define TIFF_READER_H

#include "decoders.h"

#include <tiffio.h>

typedef struct Source {
    const Input *in;
    uint64_t position;
    PicturesReport *report;
    char error[128];  // the first one
    int errors;
} Source;

TIFF *tiff_open(Source *source);
// Grey of any depth, whole numbers or floating point; the report keeps "unsupported" otherwise.
PIX *tiff_read_samples(TIFF *tiff, Source *source, uint32_t width, uint32_t height);

#endif
