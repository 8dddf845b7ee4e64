// `new` that fails throws, and what a foreign library does with that is anyone's guess: it ends the
// process with a status of its own instead, so that the failure has its right name.
#include <new>
#include <unistd.h>

#include "CSandbox.h"

static void end_process() { _exit(SANDBOX_OUT_OF_MEMORY); }

extern "C" void sandbox_exit_when_out_of_memory(void) { std::set_new_handler(end_process); }
