// Tesseract's C API, as Debian's libtesseract-dev installs it.
#include <tesseract/capi.h>
