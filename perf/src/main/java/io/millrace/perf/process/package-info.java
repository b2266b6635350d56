/** Child processes: starting, measuring through {@code /proc}, and making sure that none is left behind. */
@NullMarked
package io.millrace.perf.process;

import org.jspecify.annotations.NullMarked;
