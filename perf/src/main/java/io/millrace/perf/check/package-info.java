/** Checks that run one after another and say what they compared. */
@NullMarked
package io.millrace.perf.check;

import org.jspecify.annotations.NullMarked;
