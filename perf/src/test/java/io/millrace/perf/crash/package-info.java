/** Tests of the harness itself: a check that cannot fail proves nothing. */
@NullMarked
package io.millrace.perf.crash;

import org.jspecify.annotations.NullMarked;
