#include "decoders.h"

#include <stdio.h>

// Control characters from a foreign file must not reach a terminal.
static void make_printable(char *text) {
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || (unsigned char)*text > 0x7e) *text = '?';
}

int fail(PicturesReport *report, int outcome, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(report->message, sizeof report->message, format, arguments);
    va_end(arguments);
    make_printable(report->message);
    report->outcome = outcome;
    return outcome;
}

void vwarn(PicturesReport *report, const char *format, va_list arguments) {
    if (report->warning_count++ > 0) return;
    vsnprintf(report->warning, sizeof report->warning, format, arguments);
    make_printable(report->warning);
}

void warn(PicturesReport *report, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vwarn(report, format, arguments);
    va_end(arguments);
}

void cut_short(PicturesReport *report, const char *why) {
    report->cut_short = 1;
    warn(report, "%s", why);
}

int check_size(const Input *in, int64_t width, int64_t height, PicturesReport *report) {
    if (width <= 0 || height <= 0)
        return fail(
            report, PICTURES_CORRUPT, "the header gives a size of %lld x %lld", (long long)width,
            (long long)height);
    // Leptonica takes no side above a million; the quotient cannot overflow as the product could.
    if (width > 1000000 || height > 1000000 || width > in->max_pixels / height) {
        report->width = width;
        report->height = height;
        return fail(
            report, PICTURES_TOO_LARGE, "%lld x %lld pixels", (long long)width, (long long)height);
    }
    return PICTURES_OK;
}
