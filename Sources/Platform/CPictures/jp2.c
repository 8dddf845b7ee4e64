#define _GNU_SOURCE  // memmem
#include "decoders.h"

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

PIX *jp2_decode(const Input *in, const PicturesPage *page, PicturesReport *report) {
    if (check_size(in, page->stored_width, page->stored_height, report) != PICTURES_OK) return NULL;
    PIX *pix = pixReadMemJp2k(in->bytes, in->count, 1, NULL, 0, 0);
    if (pix == NULL) {
        fail(report, PICTURES_CORRUPT, "Leptonica cannot decode it");
        return NULL;
    }
    if (pixGetWidth(pix) != page->stored_width || pixGetHeight(pix) != page->stored_height) {
        fail(report, PICTURES_CORRUPT, "the size is not what the header says");
        pixDestroy(&pix);
        return NULL;
    }
    if (pixGetDepth(pix) == 32 && pixGetSpp(pix) == 4) compose_on_white(pix);
    if (pixGetDepth(pix) == 32) {
        pixSetSpp(pix, 3);
        return grey_if_colourless(pix);
    }
    PIX *grey = pixConvertTo8(pix, 0);
    pixDestroy(&pix);
    if (grey == NULL) fail(report, PICTURES_OUT_OF_MEMORY, "no memory for the picture");
    return grey;
}
