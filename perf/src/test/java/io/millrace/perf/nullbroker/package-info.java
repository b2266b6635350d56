/** Tests of the suite itself: a method that is not checked proves nothing. */
@NullMarked
package io.millrace.perf.nullbroker;

import org.jspecify.annotations.NullMarked;
