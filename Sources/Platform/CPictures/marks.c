// Boxes of connected marks, for finding scattered print.
#include "decoders.h"

#include <stdlib.h>

int pictures_marks(
    const struct Pix *pix, int half_width, double factor, int inverted, PicturesMark **marks, size_t *count) {
    *marks = NULL;
    *count = 0;
    PIX *grey = pictures_grey(pix);
    PIX *source = grey && inverted ? pixInvert(NULL, grey) : pixClone(grey);
    pixDestroy(&grey);
    PIX *ink = NULL;
    int columns = source ? pixGetWidth(source) / 250 : 0, rows = source ? pixGetHeight(source) / 250 : 0;
    if (source && pixGetWidth(source) > 2 * half_width + 2 && pixGetHeight(source) > 2 * half_width + 2)
        pixSauvolaBinarizeTiled(
            source, half_width, (float)factor, columns > 1 ? columns : 1, rows > 1 ? rows : 1, NULL, &ink);
    int failed = source == NULL;
    pixDestroy(&source);
    if (ink == NULL) return failed;
    BOXA *boxes = pixConnCompBB(ink, 8);
    pixDestroy(&ink);
    int all = boxes ? boxaGetCount(boxes) : 0;
    PicturesMark *found = malloc(sizeof(PicturesMark) * (size_t)(all + 1));
    for (int i = 0; found && i < all; i++) {
        int x, y, w, h;
        if (boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h) == 0)
            found[(*count)++] = (PicturesMark){x, y, x + w, y + h};
    }
    failed = boxes == NULL || found == NULL;
    boxaDestroy(&boxes);
    *marks = found;
    return failed;
}
