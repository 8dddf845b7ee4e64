#include "decoders.h"

#include <webp/decode.h>
#include <webp/demux.h>

// The first frame of the picture, of which an ordinary WebP has one.
static int first_frame(
    const Input *in, WebPDemuxer **demux, WebPIterator *frame, PicturesReport *report) {
    memset(frame, 0, sizeof *frame);
    WebPData data = {in->bytes, in->count};
    WebPDemuxState state;
    *demux = WebPDemuxPartial(&data, &state);
    if (*demux == NULL || state == WEBP_DEMUX_PARSE_ERROR)
        return fail(report, PICTURES_CORRUPT, "not a valid WebP container");
    if (!WebPDemuxGetFrame(*demux, 1, frame) || frame->fragment.bytes == NULL)
        return fail(report, PICTURES_CORRUPT, "no frame in the WebP container");
    return PICTURES_OK;
}

int webp_inspect(const Input *in, PicturesPage *page, PicturesReport *report) {
    WebPDemuxer *demux = NULL;
    WebPIterator frame;
    if (first_frame(in, &demux, &frame, report) == PICTURES_OK) {
        page->stored_width = WebPDemuxGetI(demux, WEBP_FF_CANVAS_WIDTH);
        page->stored_height = WebPDemuxGetI(demux, WEBP_FF_CANVAS_HEIGHT);
        WebPChunkIterator chunk;
        if (WebPDemuxGetChunk(demux, "EXIF", 1, &chunk)) {
            Exif exif = exif_read(chunk.chunk.bytes, chunk.chunk.size);
            page->orientation = exif.orientation;
            page->x_dpi = exif.x_dpi;
            page->y_dpi = exif.y_dpi;
            WebPDemuxReleaseChunkIterator(&chunk);
        }
    }
    WebPDemuxReleaseIterator(&frame);
    WebPDemuxDelete(demux);
    return report->outcome;
}

// Decodes into bytes R, G, B, A, then rewrites them as Leptonica's words.
static PIX *decode_frame(const WebPData *data, int width, int height, PicturesReport *report) {
    PIX *pix = create_pix(width, height, 32, report);
    if (pix == NULL) return NULL;
    int stride = pixGetWpl(pix) * 4;
    // `stride * height` cannot overflow: Leptonica would not have made the picture.
    WebPIDecoder *decoder = WebPINewRGB(
        MODE_RGBA, (uint8_t *)pixGetData(pix), (size_t)stride * (size_t)height, stride);
    if (decoder == NULL) {
        fail(report, PICTURES_OUT_OF_MEMORY, "no memory for the decoder");
        pixDestroy(&pix);
        return NULL;
    }
    VP8StatusCode status = WebPIUpdate(decoder, data->bytes, data->size);
    int rows = 0;
    if (WebPIDecGetRGB(decoder, &rows, NULL, NULL, NULL) == NULL) rows = 0;
    WebPIDelete(decoder);
    if (status == VP8_STATUS_OK) rows = height;
    if (rows <= 0 || status == VP8_STATUS_OUT_OF_MEMORY) {
        fail(report,
             status == VP8_STATUS_OUT_OF_MEMORY         ? PICTURES_OUT_OF_MEMORY
             : status == VP8_STATUS_UNSUPPORTED_FEATURE ? PICTURES_UNSUPPORTED
                                                        : PICTURES_CORRUPT,
             status == VP8_STATUS_SUSPENDED ? "the data ends before the first row"
                                            : "the bitstream is damaged");
        pixDestroy(&pix);
        return NULL;
    }
    if (status != VP8_STATUS_OK)
        cut_short(report, status == VP8_STATUS_SUSPENDED ? "the data ends early" : "damaged");
    whiten_rows(pix, rows);
    for (int y = 0; y < rows; y++) {
        uint32_t *words = row_words(pix, y);
        const uint8_t *bytes = (const uint8_t *)words;
        for (int x = 0; x < width; x++, bytes += 4)
            words[x] = rgb_word(bytes[0], bytes[1], bytes[2]) | bytes[3];
    }
    compose_on_white(pix);
    return pix;
}

PIX *webp_decode(const Input *in, const PicturesPage *page, PicturesReport *report) {
    WebPDemuxer *demux = NULL;
    WebPIterator frame;
    PIX *pix = NULL;
    if (first_frame(in, &demux, &frame, report) == PICTURES_OK) {
        WebPBitstreamFeatures features;
        if (WebPGetFeatures(frame.fragment.bytes, frame.fragment.size, &features) != VP8_STATUS_OK)
            fail(report, PICTURES_CORRUPT, "the frame has no valid header");
        else if (check_size(in, features.width, features.height, report) == PICTURES_OK)
            pix = decode_frame(&frame.fragment, features.width, features.height, report);
    }
    int64_t width = page->stored_width, height = page->stored_height;
    if (pix && (pixGetWidth(pix) != width || pixGetHeight(pix) != height)) {
        // A frame may cover a part of the canvas only.
        PIX *canvas = create_pix(width, height, 32, report);
        if (canvas)
            pixRasterop(
                canvas, frame.x_offset, frame.y_offset, pixGetWidth(pix), pixGetHeight(pix),
                PIX_SRC, pix, 0, 0);
        pixDestroy(&pix);
        pix = canvas;
    }
    WebPDemuxReleaseIterator(&frame);
    WebPDemuxDelete(demux);
    return pix;
}
