/** Tests of the harness itself: a check that cannot fail proves nothing. */
@NullMarked
package io.millrace.perf.speed;

import org.jspecify.annotations.NullMarked;
