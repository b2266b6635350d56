/** Tests of the command line. */
@NullMarked
package io.millrace.perf;

import org.jspecify.annotations.NullMarked;
