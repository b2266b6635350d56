/** Starts the micro-benchmarks of {@code perf/micro} in JVMs of their own: on the main thread, which waits for them. */
@NullMarked
package io.millrace.perf.micro;

import org.jspecify.annotations.NullMarked;
