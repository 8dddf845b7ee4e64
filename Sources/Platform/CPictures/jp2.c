// JPEG 2000 through Leptonica, which finds the header only where the simplest writers put it: the file
// is handed over without the boxes that it does not need.
#define _GNU_SOURCE  // memmem
#include "decoders.h"

#include <stdlib.h>

static uint32_t u32(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

// The size of the codestream itself; the boxes around it may say anything.
static int read_size(const Input *in, PicturesPage *page, PicturesReport *report) {
    static const uint8_t start[4] = {0xff, 0x4f, 0xff, 0x51};
    const uint8_t *at = memmem(in->bytes, in->count, start, sizeof start);
    if (at == NULL || in->bytes + in->count - at < 42)
        return fail(report, PICTURES_CORRUPT, "no JPEG 2000 codestream");
    int64_t right = u32(at + 8), bottom = u32(at + 12), left = u32(at + 16), top = u32(at + 20);
    page->stored_width = right - left;
    page->stored_height = bottom - top;
    int channels = at[40] << 8 | at[41];
    if (channels < 1 || channels > 4)
        return fail(report, PICTURES_UNSUPPORTED, "%d colour components", channels);
    return PICTURES_OK;
}

int jp2_inspect(const Input *in, PicturesPage *page, PicturesReport *report) {
    return read_size(in, page, report);
}

// Copies the signature, type, header and codestream boxes to `out`, which has room for the whole file.
static size_t keep_boxes(const Input *in, uint8_t *out) {
    size_t at = 0, kept = 0;
    while (in->count - at >= 8) {
        uint64_t size = u32(in->bytes + at);
        if (size == 1 && in->count - at >= 16)
            size = (uint64_t)u32(in->bytes + at + 8) << 32 | u32(in->bytes + at + 12);
        // A last box may leave its size open; a file that was cut off is decoded as far as it goes.
        if (size == 0 || size > in->count - at) size = in->count - at;
        if (size < 8) break;
        const uint8_t *kind = in->bytes + at + 4;
        if (memcmp(kind, "jP  ", 4) == 0 || memcmp(kind, "ftyp", 4) == 0
            || memcmp(kind, "jp2h", 4) == 0 || memcmp(kind, "jp2c", 4) == 0) {
            memcpy(out + kept, in->bytes + at, size);
            kept += size;
        }
        at += size;
    }
    return kept;
}

static PIX *read_boxes(const Input *in, PicturesReport *report) {
    uint8_t *bytes = malloc(in->count + 1);
    if (bytes == NULL) {
        fail(report, PICTURES_OUT_OF_MEMORY, "no memory for the decoder");
        return NULL;
    }
    size_t count = in->count;
    if (in->bytes[0] == 0xff) memcpy(bytes, in->bytes, count);  // a codestream without boxes
    else count = keep_boxes(in, bytes);
    PIX *pix = pixReadMemJp2k(bytes, count, 1, NULL, 0, 0);
    free(bytes);
    if (pix == NULL) fail(report, PICTURES_CORRUPT, "Leptonica cannot decode it");
    return pix;
}

PIX *jp2_decode(const Input *in, const PicturesPage *page, PicturesReport *report) {
    if (check_size(in, page->stored_width, page->stored_height, report) != PICTURES_OK) return NULL;
    PIX *pix = read_boxes(in, report);
    if (pix == NULL) return NULL;
    if (pixGetWidth(pix) != page->stored_width || pixGetHeight(pix) != page->stored_height) {
        fail(report, PICTURES_CORRUPT, "the size is not what the header says");
        pixDestroy(&pix);
        return NULL;
    }
    if (pixGetDepth(pix) == 32) {
        if (pixGetSpp(pix) == 4) compose_on_white(pix);
        pixSetSpp(pix, 3);
        return grey_if_colourless(pix);
    }
    PIX *grey = pixConvertTo8(pix, 0);
    pixDestroy(&pix);
    if (grey == NULL) fail(report, PICTURES_OUT_OF_MEMORY, "no memory for the picture");
    return grey;
}
